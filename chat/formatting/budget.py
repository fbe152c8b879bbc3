"""The work that formatting one text may take, counted in steps instead of time.

So a busy machine formats the texts that an idle one does. Only the colours of code have a clock as
well (`code.py`).
"""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

STEPS_MAX = 2_200  # of 4 to 7 microseconds
INLINE_STEPS = 1  # for a mark, or the text up to the next mark
STEPS = {"<": 5, "!": 3, "\\": 2}  # for what may be a link, a picture, an escape
EMPHASIS_MARKS_PER_STEP = 4  # looked at once, for all backslashes
BLOCK_STEPS = 2  # for each look at the beginning of a line
CELL_STEPS = 3  # of a table
CODE_BLOCK_STEPS = 10
CODE_TOKEN_STEPS = 1

EMPHASIS = re.compile(r"([*_~])\1*")  # each character can begin or end something


class TooCostly(Exception):
    """The text takes more work than it may."""


class Budget:
    """Counts the steps of one text."""

    def __init__(self) -> None:
        self.steps_left = STEPS_MAX

    @property
    def share_left(self) -> float:
        return self.steps_left / STEPS_MAX

    def spend(self, steps: int) -> None:
        """Count steps. Raises TooCostly."""
        self.steps_left -= steps
        if self.steps_left < 0:
            raise TooCostly


def install(markdown: MarkdownIt) -> None:
    """Count the steps of `markdown`. Its env has a Budget in `budget`."""
    markdown.inline.ruler.before("text", "budget", _count_inline)
    alt: RuleOptionsType = {"alt": ["paragraph", "blockquote", "list"]}
    markdown.block.ruler.before("table", "budget", _count_block, alt)


def _count_inline(state: StateInline, silent: bool) -> bool:
    if emphasis := EMPHASIS.match(state.src, state.pos):
        steps = len(emphasis[0])
    else:
        steps = STEPS.get(state.src[state.pos], INLINE_STEPS)
    state.env["budget"].spend(steps)
    return False


def _count_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    state.env["budget"].spend(BLOCK_STEPS)
    return False
