"""The index against reading all texts: it leaves out nothing that a query means, and adds nothing.

`matching` says what a text has; the index proposes candidates on each database. A token that the
one expects and the other does not write would hide messages.
"""

import random
from collections.abc import Iterator
from datetime import UTC

import pytest

from chat.models import Member, Message, Room
from chat.search.matching import match_texts
from chat.search.query import InvalidQuery, Query, parse
from chat.tests.search.support import NOW, page, say

pytestmark = pytest.mark.django_db

PIECES = """
kettle Kettle KETTLE kettles ket k kettledrum naïve naive Straße STRASSE strasse İstanbul istanbul
ılık fiﬀ ①②③ ２０２６ H₂O C++ C# #123 foo_bar fooBar user@host.example 10.0.0.1
::1 2001:db8::1 v1.2.3
https://example.com/a/b?c=d e-mail don't don’t rock'n'roll AT&T 100% $5 —– … 🫖 🫖🫖 👍🏽 ❤️ 👩‍👩‍👧
東京 東京塔 京都 京 日本語のテキスト カタカナ ｶﾀｶﾅ 한국어 한국 국어 中文搜索 搜索 索
ภาษาไทย ไทย ພາສາລາວ ភាសាខ្មែរ မြန်မာ עברית עִבְרִית صديق صَدِيق الكتاب हिन्दी हिंदी क्षत्रिय
Việt Viet ΑΘΗΝΑ Αθήνα ΌΣΟΣ όσος ß ẞ ﬁn Zürich Zuerich a á à â x́ x́y
""".split()
JOINS = [" ", " ", " ", "", "-", "/", ", ", ". ", "\n", "\u200d", "\u200b", "\u00a0", "_", "'"]
MESSAGES, QUERIES = 40, 60


def texts_of(chance: random.Random) -> Iterator[str]:
    for _ in range(MESSAGES):
        words = chance.choices(PIECES, k=chance.randint(1, 6))
        yield "".join(it for word in words for it in (word, chance.choice(JOINS))).strip() or "."


def typed_of(chance: random.Random, texts: list[str]) -> Iterator[str]:
    """Parts of the texts, and words of none."""
    for _ in range(QUERIES):
        terms = [
            part(chance, chance.choice([*texts, *PIECES])) for _ in range(chance.randint(1, 3))
        ]
        yield " ".join(terms)[:200]


def part(chance: random.Random, text: str) -> str:
    start = chance.randrange(len(text))
    chosen = text[start : start + chance.randint(1, 9)]
    chosen = chance.choice([chosen, chosen.upper(), chosen.casefold()])
    return chance.choice(["{}", "{}", "{}", '"{}"', '-"{}"', "-{}"]).format(chosen)


def expected(query: Query, room: Room) -> list[str]:
    found = Message.objects.filter(room=room).order_by("-seq").values_list("text", flat=True)
    return [it for it in found if match_texts([it], query.terms) is not None]


def found(member: Member, typed: str) -> list[str]:
    texts: list[str] = []
    results = page(member, typed)
    texts += [it.state.text for it in results.results]
    while results.more:
        results = page(member, typed, before=results.before)
        texts += [it.state.text for it in results.results]
    return texts


@pytest.mark.parametrize("seed", range(4))
def test_the_index_finds_what_the_texts_have(kitchen: Room, ada: Member, seed: int) -> None:
    chance = random.Random(seed)
    texts = list(texts_of(chance))
    for it in texts:
        say(kitchen, ada, it)
    asked = 0
    for typed in typed_of(chance, texts):
        try:
            query = parse(typed, now=NOW, zone=UTC)
        except InvalidQuery:
            continue
        if query.terms and not query.filters.people and not query.incomplete:
            assert found(ada, typed) == expected(query, kitchen), ascii(typed)
            asked += 1
    assert asked > QUERIES / 2
