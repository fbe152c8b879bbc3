import pytest

from chat.formatting import candidates, name_key


@pytest.mark.parametrize("other", ["alice smith", "ALICE  SMITH", " Alice\u00a0Smith "])
def test_a_name_is_the_same_however_it_is_typed(other: str) -> None:
    assert name_key(other) == name_key("Alice Smith")


def test_a_name_is_the_same_however_it_is_composed() -> None:
    assert name_key("Zoe\u0308") == name_key("Zo\u00eb")


CALLED = {
    "nobody": ("hello", set()),
    "one": ("@Alice", {"alice"}),
    "words": ("hi @Alice, and", {"alice", "alice,", "alice, and"}),
    "one at the end of a line": ("@Bob\nhello", {"bob"}),
    "marks": ("@Dr. O'Neil-Ng", {"dr", "dr.", "dr. o", "dr. o'neil", "dr. o'neil-ng"}),
    "another script": ("@Жанна", {"жанна"}),
    "vowel signs": ("@अमित", {"अमित"}),
    "an e-mail address": ("alice@example", set()),
    "nothing": ("@ alice", set()),
    "code": ("```\n@override\n```\n@bob", {"bob"}),
}


@pytest.mark.parametrize(("text", "keys"), CALLED.values(), ids=CALLED.keys())
def test_whom_a_text_may_call(text: str, keys: set[str]) -> None:
    assert candidates(text) == keys


def test_the_longest_name_may_be_called() -> None:
    assert "x" * 40 in candidates(f"@{'x' * 40}")
    assert candidates(f"@{'x' * 41}") == set()


def test_a_text_may_not_call_the_whole_world() -> None:
    crowd = " ".join(f"@guest{number}" for number in range(800))
    assert len(candidates(crowd)) < 10 * 40
    assert {"guest0", "guest9"} <= candidates(crowd)
    assert "guest10" not in candidates(crowd)
