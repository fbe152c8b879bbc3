"""Which names look alike."""

import pytest

from accounts.lookalikes import lookalike_keys


def look_alike(one: str, other: str) -> bool:
    return any(
        a == b for a, b in zip(lookalike_keys(one, 99), lookalike_keys(other, 99), strict=True)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "AIice"),
        ("Alice", "A1ice"),
        ("Alice", "аlice"),
        ("Alice", "𝐀lice"),
        ("alice", "ALICE"),
        ("alice", "Al ice!"),
        ("alice", "A|ice"),
        ("Igor", "lgor"),
        ("Admin", "аdmіn"),
        ("maria", "rnaria"),
        ("Bob", "B0b"),
        ("bob", "ВОВ"),
        ("Вова", "ВОВА"),
        ("paypal", "раураl"),
        ("Weiß", "WEISS"),
        ("Curious Panda", "curious-panda"),
        ("José", "Jose\u0301"),
    ],
)
def test_names_that_look_alike_have_a_key_in_common(one: str, other: str) -> None:
    assert look_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nan", "Han"),
        ("Bob", "Rob"),
        ("Ada", "Eda"),
        ("Jan", "Jon"),
        ("Tim", "Tom"),
        ("李", "李明"),
        ("🦊", "🐼"),
        ("田", "由"),
        ("!?", "?!"),
        ("Müller", "Möller"),
    ],
)
def test_other_names_do_not(one: str, other: str) -> None:
    assert not look_alike(one, other)
