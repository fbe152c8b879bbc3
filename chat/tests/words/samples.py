"""Letters of all scripts, for random texts."""

from hypothesis import strategies as st

ALPHABETS = [
    "abcxyzABCXYZ019",
    "äöüßÄÖÜẞéèÉñçøłđæœ",
    "ıİiIşŞğĞ",
    "aàảãáạăâđĐêôơưẦẵộ",
    "αάΆσςΣω",
    "йЙёЁжЖ",
    "אבשׁשלוםָּ־",
    "محمدأإآةَُِّـ٣",
    "हिन्दीकखग्ािी",
    "ภาษาไทยน้ำกั้",
    "ພາສາລາວນ້ຳ",
    "ភាសាខ្មែរ្",
    "မြန်မာဘာသာ",
    "你好世界東京々",
    "ひらがなカタカナーｶﾞ゛がか゚",
    "한국어안녕ㅋㅏ\u1112\u1161\u11ab",
    "👍👍🏽🏽❤️🇩🇪🇫🇷👨‍👩‍👧🏴\U000e0067\U000e007f",
    "\u0301\u0308\u200b\u200c\u200d\u00ad\ufe0f\u2060\u20e3",
    "ﬁ㎏½™²Ⅷ①´",
    " \t\n\u3000",
    ".,:;!?'\"()[]-_#+@/\\*&%=<>`’„“。、",
    "\x00\x01\ud800\uf8ff\U0010ffff",
]

mixed = st.lists(
    st.sampled_from(ALPHABETS).flatmap(lambda it: st.text(st.sampled_from(it), max_size=6)),
    max_size=8,
).map("".join)
any_text = mixed | st.text(max_size=40)
