import pytest

from accounts.visible_text import is_blank, visible_text

REMOVED = {
    "zero width space": ("Al\u200bice", "Alice"),
    "right-to-left override": ("Al\u202eice", "Alice"),
    "isolates": ("\u2067Alice\u2069", "Alice"),
    "direction marks": ("Alice\u200e\u200f\u061c", "Alice"),
    "blank Braille pattern": ("Al\u2800ice", "Alice"),
    "Hangul filler": ("\u3164Alice\uffa0\u115f\u1160", "Alice"),
    "byte order mark": ("\ufeffAlice", "Alice"),
    "soft hyphen": ("Al\u00adice", "Alice"),
    "word joiner": ("Al\u2060ice", "Alice"),
    "grapheme joiner": ("Al\u034fice", "Alice"),
    "Khmer inherent vowel": ("Al\u17b4ice", "Alice"),
    "Mongolian vowel separator": ("Al\u180eice", "Alice"),
    "tags": ("Alice\U000e0041\U000e007f", "Alice"),
    "unassigned ignorable": ("Al\ufff0\U000e0fffice", "Alice"),
    "variation selector after a letter": ("Al\ufe0fice\U000e0100", "Alice"),
    "joiners in Latin": ("Al\u200cic\u200de", "Alice"),
    "joiner at the end": ("می\u200c", "می"),
    "joiner after one emoji": ("🦊\u200d", "🦊"),
    "annotation": ("\ufff9Alice\ufffb", "Alice"),
    "musical null": ("Al\U0001d159ice", "Alice"),
    "Zalgo": ("A" + "\u0301\u0302\u0303" * 20, "A\u0301\u0302"),
    "Zalgo of a script's own marks": ("ก" + "\u0e49" * 40, "ก" + "\u0e49" * 5),
    "enclosing marks": ("A" + "\u20dd" * 9, "A\u20dd\u20dd"),
    "a mark without a letter": ("\u0301Al \u0301ice", "Al ice"),
    "only invisible": ("\u200b\u3164\u2800", ""),
}


@pytest.mark.parametrize(("typed", "shown"), REMOVED.values(), ids=REMOVED.keys())
def test_what_nobody_sees_and_what_covers_others_is_removed(typed: str, shown: str) -> None:
    assert visible_text(typed) == shown


KEPT = {
    "Vietnamese": "Nguyễn Thị Ngọc Ánh",
    "Vietnamese, decomposed": "Nguye\u0302\u0303n",
    "Yoruba": "Ọ\u0300ṣun",
    "Thai": "น้ำผึ้ง เพชรรัตน์",
    "Hebrew with points": "שָׁלוֹם",
    "Arabic with vowels": "مُحَمَّدٌ",
    "Persian": "می\u200cخواهم",
    "Hindi": "क्षत्रिय र्\u200dय",
    "Sinhala": "ශ්\u200dරී ලංකා",
    "Bengali": "র\u200d্যাব",
    "Malayalam": "അവന്\u200d",
    "Kannada": "ರಾಜ್\u200cಕುಮಾರ್",
    "Tibetan": "བསྒྲུབས་ཧཱུྃ",
    "Burmese": "မြန်မာ",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ\u180b",
    "Japanese variant": "葛\U000e0100城",
    "family": "👨\u200d👩\u200d👧",
    "rainbow flag": "🏳\ufe0f\u200d🌈",
    "technologist": "👩🏽\u200d💻",
    "heart": "❤\ufe0f",
    "keycap": "1\ufe0f\u20e3",
    "flag of Scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "Korean": "한국 사람",
    "Quranic number sign": "\u06dd٣",
}


@pytest.mark.parametrize("typed", KEPT.values(), ids=KEPT.keys())
def test_what_a_script_or_an_emoji_needs_stays(typed: str) -> None:
    assert visible_text(typed) == typed


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u2800", "\x01\x07\x1b\x7f", "\u3164 \x02"])
def test_a_text_that_nobody_sees_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_blank(f"{text}.")
