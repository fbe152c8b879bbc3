"""Bounds Python's cache of codecs, which remembers every unknown name that a client sends."""

import encodings
from typing import Any


class KnownCodecs(dict[str, Any]):
    """The codecs that were found, by name; not the names that were not."""

    def __setitem__(self, name: str, codec: Any) -> None:
        if codec is not None:
            super().__setitem__(name, codec)


def forget_unknown() -> None:
    """Keep no names of unknown codecs: the charset of a form, or of a file in it, is any text."""
    found = {name: codec for name, codec in vars(encodings)["_cache"].items() if codec is not None}
    setattr(encodings, "_cache", KnownCodecs(found))  # noqa: B010  # mypy knows no private names
