import pytest

from chat.formatting import mention_candidates, name_key


@pytest.mark.parametrize("other", ["alice smith", "ALICE  SMITH", " Alice\u00a0Smith "])
def test_names_are_compared_without_case_and_repeated_spaces(other: str) -> None:
    assert name_key(other) == name_key("Alice Smith")


def test_names_are_compared_without_unicode_composition() -> None:
    assert name_key("Zoe\u0308") == name_key("Zo\u00eb")


CANDIDATES = {
    "no @": ("hello", set()),
    "one name": ("@Alice", {"alice"}),
    "words": ("hi @Alice, and", {"alice", "alice,", "alice, and"}),
    "one at the end of a line": ("@Bob\nhello", {"bob"}),
    "punctuation": ("@Dr. O'Neil-Ng", {"dr", "dr.", "dr. o", "dr. o'neil", "dr. o'neil-ng"}),
    "another script": ("@Жанна", {"жанна"}),
    "vowel signs": ("@अमित", {"अमित"}),
    "an e-mail address": ("alice@example", set()),
    "an @ alone": ("@ alice", set()),
    "emphasis": ("_@Alice_", {"alice", "alice_"}),
    "ideographs": ("谢谢@小明。", {"小", "小明", "小明。"}),
    "Hangul": ("@민수야", {"민", "민수", "민수야"}),
    "a name before ideographs": ("@Bob你好", {"bob", "bob你", "bob你好"}),
    "Thai": ("ขอบคุณ@ดาค่ะ", {"ด", "ดา", "ดาค่", "ดาค่ะ"}),
    "a wide sign": ("＠Alice ﹫bob", {"alice", "alice ﹫bob", "bob"}),
    "names side by side": (
        "@Alice@小明",
        {"alice", "alice@", "alice@小", "alice@小明", "小", "小明"},
    ),
    "an underscore in a name": ("@a_b", {"a_b"}),
    "code in a line": ("`@alice` `` @bob ``@eve", {"eve"}),
    "code": ("```\n@override\n```\n@bob", {"bob"}),
}


@pytest.mark.parametrize(("text", "keys"), CANDIDATES.values(), ids=CANDIDATES.keys())
def test_mention_candidates_are_the_names_behind_at_signs(text: str, keys: set[str]) -> None:
    assert mention_candidates(text) == keys


def test_a_name_of_the_greatest_length_is_a_candidate() -> None:
    assert "x" * 40 in mention_candidates(f"@{'x' * 40}")
    assert mention_candidates(f"@{'x' * 41}") == set()


def test_names_behind_hundreds_of_at_signs_are_candidates() -> None:
    text = " ".join(f"@guest{number}." for number in range(150))
    assert {"guest0", "guest50", "guest149"} <= mention_candidates(text)


def test_the_number_of_candidates_is_limited() -> None:
    text = " ".join(f"@guest{number}" for number in range(800))
    assert len(mention_candidates(text)) <= 1_200
    assert len(mention_candidates("@a" * 4_000)) <= 300 * 40
