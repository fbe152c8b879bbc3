"""Which texts match, and what is marked: the examples of every script."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.search.matching import MAX_MARKS, MAX_NEEDLES, Needle, Term, has_word, match, match_texts
from chat.search.matching import needs as needs_of_all
from chat.tests.words.samples import any_text, mixed
from chat.words import tokens

JAMO = "\u1112\u1161\u11ab\u1100\u116e\u11a8"  # 한국, taken apart

FOUND = {  # what is typed, a text, what is marked
    "the beginning of a word": ("kett", "The kettle is on, KETTLE!", ["kett", "KETT"]),
    "a whole word": ("on", "The kettle is on", ["on"]),
    "a letter alone": ("a", "a banana is a fruit", ["a", "a"]),
    "Chinese, two letters": ("东京", "我去东京。", ["东京"]),
    "Chinese, one letter": ("京", "我去东京。", ["京"]),
    "Chinese, the last letter": ("水", "我喝水", ["水"]),
    "Japanese": ("タワー", "東京タワーへ行く", ["タワー"]),
    "Japanese, half-width": ("ガス", "ｶﾞｽ代", ["ｶﾞｽ"]),
    "Korean, in a word": ("국어", "한국어를 배워요", ["국어"]),
    "Korean, one letter": ("말", "우리 말", ["말"]),
    "Korean, taken apart": ("한국", f"{JAMO}어", [JAMO]),
    "Thai": ("ตลาด", "พรุ่งนี้ไปตลาดกันไหม", ["ตลาด"]),
    "Thai, before its mark": ("กล", "ใกล้บ้าน", ["กล้"]),
    "Thai, one letter": ("น", "น้ำ", ["น้"]),
    "Lao": ("ລາວ", "ຂ້ອຍເວົ້າພາສາລາວ", ["ລາວ"]),
    "Khmer": ("ខ្មែរ", "ខ្ញុំនិយាយភាសាខ្មែរ", ["ខ្មែរ"]),
    "Khmer, with spaces nobody sees": ("ភាសាខ្មែរ", "ភាសា\u200bខ្មែរ", ["ភាសា\u200bខ្មែរ"]),
    "Burmese": ("စကား", "မြန်မာစကားပြော", ["စကား"]),
    "Arabic with marks, typed without": ("محمد", "قال مُحَمَّد نعم", ["مُحَمَّد"]),
    "Arabic without marks, typed with": ("مُحَمَّد", "قال محمد نعم", ["محمد"]),
    "Arabic, drawn out": ("محمد", "مـحـمـد", ["مـحـمـد"]),
    "Hebrew with marks, typed without": ("שלום", "אמר שָׁלוֹם", ["שָׁלוֹם"]),
    "Hebrew without marks, typed with": ("שָׁלוֹם", "אמר שלום", ["שלום"]),
    "Hebrew, with a quote in the word": ('צה"ל', 'אנשי צה"ל', ['צה"ל']),
    "Hindi": ("हिन्दी", "मुझे हिन्दी पसंद है", ["हिन्दी"]),
    "Hindi, the beginning": ("हि", "मुझे हिन्दी पसंद है", ["हि"]),
    "Vietnamese with accents, typed without": ("duong", "Tôi ở trên Đường Láng", ["Đường"]),
    "Vietnamese without accents, typed with": ("đường", "toi o duong Lang", ["duong"]),
    "ß": ("strasse", "In der Straße", ["Straße"]),
    "ß, typed": ("straße", "IN DER STRASSE", ["STRASSE"]),
    "half of a ß": ("stras", "Straße", ["Straß"]),
    "ä": ("kase", "Der Käse", ["Käse"]),
    "Turkish, dotted": ("istanbul", "İSTANBUL, İstanbul", ["İSTANBUL", "İstanbul"]),
    "Turkish, without a dot": ("ışık", "IŞIK yandı", ["IŞIK"]),
    "a German compound": ("donaudampf", "Die Donaudampfschifffahrt", ["Donaudampf"]),
    "an emoji": ("🎉", "fertig🎉🎉", ["🎉🎉"]),
    "an emoji in a tone": ("👍", "gut 👍🏽", ["👍🏽"]),
    "an emoji with its tone": ("👍🏽", "👍 👍🏽 👍🏿", ["👍🏽"]),
    "a family": ("👨‍👩‍👧", "die 👨‍👩‍👧!", ["👨‍👩‍👧"]),
    "a flag": ("🇫🇷", "🇩🇪🇫🇷", ["🇫🇷"]),
    "a heart in another style": ("❤", "I ❤️ tea", ["❤️"]),
    "C++": ("C++", "c++ or C", ["c++"]),
    "C#": ("c#", "C# (C)", ["C#"]),
    "a number with its sign": ("#123", "fixed #123, see #1234", ["#123"]),
    "an underscore": ("foo_bar", "call foo_bar()", ["foo_bar"]),
    "an underscore, as typed": ("foo_b", "call foo_bar()", ["foo_b"]),
    "a part before an underscore": ("foo", "call foo_bar()", ["foo"]),
    "a part after an underscore": ("bar", "call foo_bar()", ["bar"]),
    "an address": ("ada@host", "mail ada@host.example", ["ada@host"]),
    "the name in an address": ("ada", "mail ada@host.example", ["ada"]),
    "the host in an address": ("host.example", "mail ada@host.example", ["host.example"]),
    "an IPv6 address": ("fe80::1", "ping fe80::10 or FE80::1", ["FE80::1"]),
    "the end of an IPv6 address": ("::1", "listen on [::1]:80", ["::1"]),
    "a version": ("1.2.3", "1.2.30, then v1.2.3 and 1.2.3", ["1.2.3"]),
    "a version with a letter": ("v1.2", "released v1.2.3", ["v1.2"]),
    "a path": ("/etc/ho", "see /etc/hosts", ["/etc/ho"]),
    "a file": (".env", "in .env and env", [".env"]),
    "an option": ("--force", "git push --force", ["--force"]),
    "punctuation around a word": ("(kettle),", "the kettle", ["kettle"]),
    "another apostrophe": ("don't", "I don’t", ["don’t"]),
    "a soft hyphen": ("kettle", "ket\u00adtle", ["ket\u00adtle"]),
    "wide letters": ("abc", "ＡＢＣ", ["ＡＢＣ"]),
    "a ligature": ("fi", "ﬁne", ["ﬁ"]),
}  # fmt: skip

NOT_FOUND = {
    "the middle of a word": ("ettle", "kettle"),
    "a letter in a word": ("b", "banana"),
    "letters apart": ("东京", "东 京"),
    "letters the other way around": ("京东", "东京"),
    "another vowel sign in Hindi": ("की", "कि"),
    "another tone in Thai": ("ก้าน", "ก่าน"),
    "an emoji in another tone": ("👍🏽", "👍🏿 👍"),
    "one of a family": ("👩", "👨‍👩‍👧"),
    "a flag across two": ("🇪🇫", "🇩🇪🇫🇷"),
    "C for C++": ("C++", "C and C# + +"),
    "a longer number": ("#12", "#123"),
    "a number without its sign": ("#123", "123"),
    "words without the underscore": ("foo_bar", "foo bar"),
    "a longer version": ("1.2.3", "1.2.30"),
}


@pytest.mark.parametrize(("typed", "text", "marked"), FOUND.values(), ids=FOUND.keys())
def test_a_term_is_found_and_marked(typed: str, text: str, marked: list[str]) -> None:
    term = Term(typed)
    found = match(text, [term])
    assert found is not None
    assert [text[start:end] for start, end in found] == marked
    assert all(has(tokens(text), needle) for needle in term.needs())


@pytest.mark.parametrize(("typed", "text"), NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_a_term_is_not_found(typed: str, text: str) -> None:
    assert match(text, [Term(typed)]) is None


PHRASES = {
    "words in a row": ("hello world", "Hello, world!", True),
    "not whole": ("hello wor", "hello world", False),
    "a word between": ("hello world", "hello big world", False),
    "the other way around": ("hello world", "world hello", False),
    "Chinese with a space": ("我 东京", "我, 东京", True),
    "Chinese without a space": ("我东京", "我 东京", False),
    "signs": ("use C++ here", "Use C++, here", True),
    "other signs": ("use C++ here", "use C# here", False),
    "a whole Thai letter": ("กล", "ใกล้", False),
}


@pytest.mark.parametrize(("typed", "text", "is_found"), PHRASES.values(), ids=PHRASES.keys())
def test_a_phrase_is_whole_words_in_a_row(typed: str, text: str, is_found: bool) -> None:
    assert (match(text, [Term(typed, is_whole=True)]) is not None) == is_found


def test_a_phrase_goes_on_while_its_quote_is_open() -> None:
    assert match("hello world", [Term("hello wor")]) == [(0, 9)]


def test_all_terms_must_match() -> None:
    assert match("tea and coffee", [Term("tea"), Term("coffee")]) == [(0, 3), (8, 14)]
    assert match("tea and milk", [Term("tea"), Term("coffee")]) is None


def test_a_negated_term_must_not_match() -> None:
    assert match("tea", [Term("tea"), Term("milk", is_negated=True)]) == [(0, 3)]
    assert match("tea, milk", [Term("tea"), Term("milk", is_negated=True)]) is None


def test_marks_that_touch_are_one() -> None:
    assert match("东京塔", [Term("东京"), Term("京塔")]) == [(0, 3)]


def test_a_message_and_its_files_match_together() -> None:
    terms = [Term("report"), Term("june")]
    assert match_texts(["the report", "june.pdf"], terms) == [[(4, 10)], [(0, 4)]]
    assert match_texts(["the report", "july.pdf"], terms) is None
    assert match_texts(["the report", "june.pdf"], [Term("june", is_negated=True)]) is None


def test_the_index_is_asked_for_few_and_long_tokens() -> None:
    assert needs_of_all([Term("东京塔"), Term("kett"), Term("-x", is_negated=True)]) == [
        Needle("东京"),
        Needle("京塔"),
        Needle("kett", is_prefix=True),
    ]
    assert len(needs_of_all([Term(f"word{it}") for it in range(40)])) == MAX_NEEDLES


def test_marks_of_a_text_are_bounded() -> None:
    assert len(match("ab " * 3_000, [Term("ab")]) or []) == MAX_MARKS


terms = st.builds(
    Term, any_text.filter(has_word), is_negated=st.just(False), is_whole=st.booleans()
)


@st.composite
def text_and_term(draw: st.DrawFn) -> tuple[str, Term]:
    """A text, and a term that is often a part of it, in another case."""
    text = draw(any_text)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    cut = text[start:end]
    part = draw(st.sampled_from([cut, cut.upper(), cut.lower()]))
    term = Term(part, is_whole=draw(st.booleans())) if has_word(part) else draw(terms)
    return f"{draw(mixed)}{text}{draw(mixed)}", term


@given(text_and_term())
@example(("👨‍👩‍👧", Term("👨‍👩")))
@example(("น้ำ", Term("น้")))
def test_the_index_has_what_each_text_that_matches_needs(it: tuple[str, Term]) -> None:
    text, term = it
    marks = match(text, [term])
    if marks is not None:
        assert all(has(tokens(text), needle) for needle in term.needs())
        assert all(has(tokens(text), needle) for needle in needs_of_all([term]))
        assert all(0 <= start < end <= len(text) for start, end in marks)
        assert all(before[1] < after[0] for before, after in pairwise(marks))


@given(text_and_term())
@example(("ใกล้", Term("กล", is_whole=True)))
@example(("x" * 70, Term("x" * 64, is_whole=True)))
@example(("x" * 70, Term("x" * 65)))
def test_an_excluded_token_tells_exactly_what_matches(it: tuple[str, Term]) -> None:
    text, term = it
    excluded = term.excluded()
    if excluded is not None:
        assert has(tokens(text), excluded) == (match(text, [term]) is not None)


@given(any_text.filter(has_word))
def test_a_text_finds_itself(text: str) -> None:
    assert match(text, [Term(text)]) is not None


def has(stored: set[str], needle: Needle) -> bool:
    if needle.is_prefix:
        return any(token.startswith(needle.token) for token in stored)
    return needle.token in stored
