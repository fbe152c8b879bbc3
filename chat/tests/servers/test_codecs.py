"""Unknown character sets, which any client may name."""

import codecs
import encodings
from collections.abc import Iterator

import pytest

from mysite.servers.codecs import forget_unknown


@pytest.fixture(autouse=True)
def cache() -> Iterator[None]:
    before = vars(encodings)["_cache"]
    yield
    vars(encodings)["_cache"] = before


def test_unknown_names_are_not_remembered() -> None:
    forget_unknown()
    before = len(vars(encodings)["_cache"])
    for number in range(1_000):
        with pytest.raises(LookupError):
            codecs.lookup(f"no-such-charset-{number}")
    assert len(vars(encodings)["_cache"]) == before


def test_known_names_are_found_and_remembered() -> None:
    forget_unknown()
    assert codecs.lookup("cp737").name == "cp737"
    assert "cp737" in vars(encodings)["_cache"]
