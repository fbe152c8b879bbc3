"""The words of a text, in any script: those that the search index stores, and their places."""

from chat.words.tokens import VERSION, tokens
from chat.words.words import Word, words

__all__ = ["VERSION", "Word", "tokens", "words"]
