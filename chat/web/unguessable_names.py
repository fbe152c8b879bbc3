"""Names of open rooms that nobody guesses: four words that can be read aloud.

Twelve syllables out of 60 have 70 bits. At a million tries a second, half of the names take 19
million years. static/chat/js/rooms/entering/unguessable_name.js makes them in a page.
"""

import secrets

CONSONANTS, VOWELS = "bdfgklmnprst", "aeiou"
SYLLABLES = [f"{consonant}{vowel}" for consonant in CONSONANTS for vowel in VOWELS]
WORDS, WORD_SYLLABLES = 4, 3


def suggest() -> str:
    """A name that no room has."""
    return "-".join(_word() for _ in range(WORDS))


def _word() -> str:
    return "".join(secrets.choice(SYLLABLES) for _ in range(WORD_SYLLABLES))
