"""Shortens names that only a script itself sees: of its modules, and private ones of its classes.

A minifier that knows JavaScript would do more; this reads lines, as `joining` writes them.
"""

import re
from collections.abc import Iterator
from itertools import count, product
from string import ascii_lowercase

SCOPE = re.compile(r"^const (\$[\w$]+) = \(\(\) => \{$", re.MULTILINE)  # as `joining` writes it
VARIABLE = re.compile(r"(?<![\w$])\$[\w$]+")
CLASS = re.compile(r"^(?=class )", re.MULTILINE)
DECLARED = r"^  (?:static )?(?:async )?(?:get |set )?\*?(?=#\w+(?: =|;|\())"  # of a class
PRIVATE_DECLARED = re.compile(rf"{DECLARED}#(\w+)", re.MULTILINE)
PRIVATE = re.compile(rf"(?P<before>{DECLARED}|(?<=\.)|(?=#\w+ in ))#(?P<name>\w+)", re.MULTILINE)


def shortened(script: str) -> str:
    """A joined script that does the same, with short names."""
    return with_short_privates(with_short_scopes(script))


def with_short_scopes(script: str) -> str:
    """A joined script, with numbers for the names of its modules."""
    numbers = {found[1]: f"${number}" for number, found in enumerate(SCOPE.finditer(script))}
    return VARIABLE.sub(lambda found: numbers.get(found[0], found[0]), script)


def with_short_privates(script: str) -> str:
    """A script, with letters for the private names of its classes. Classes begin lines."""
    return "".join(_with_short_privates(part) for part in CLASS.split(script))


def _with_short_privates(part: str) -> str:
    declared = dict.fromkeys(PRIVATE_DECLARED.findall(part))
    letters = dict(zip(declared, _letters(), strict=False))
    return PRIVATE.sub(
        lambda found: f"{found['before']}#{letters.get(found['name'], found['name'])}", part
    )


def _letters() -> Iterator[str]:
    """a, b … z, aa, ab …"""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))
