"""docs/rooms.md has the table of rights as the code has it."""

from math import log2

from chat.journal.write.room_deletion import STEP_MESSAGES
from chat.policy import TABLE
from chat.tests.support.rights_table import DOCUMENT, replaced, table, written
from chat.web.unguessable_names import SYLLABLES, WORD_SYLLABLES, WORDS


def test_the_document_has_the_table_of_the_code() -> None:
    advice = "run python -m chat.tests.support.rights_table"
    assert written(DOCUMENT.read_text()) == table(), advice


def test_the_table_has_a_row_for_each_action() -> None:
    assert len(table().splitlines()) == 2 + len(TABLE)
    assert (
        "| rename the room | operators, owners | owners | – | – | yes | yes |"
        in table().splitlines()
    )


def test_the_document_has_the_numbers_of_the_code() -> None:
    text = DOCUMENT.read_text()
    assert f"in steps of {STEP_MESSAGES} messages" in text
    assert f"words of {int(WORDS * WORD_SYLLABLES * log2(len(SYLLABLES)))} bits" in text


def test_only_the_table_of_the_document_is_written() -> None:
    text = DOCUMENT.read_text()
    assert replaced(text) == text
    assert replaced(text.replace("| yes |", "| no |")) == text
