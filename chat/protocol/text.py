"""Cleans the texts of messages and topics before they are stored."""

from chat.protocol.errors import InvalidText, Translatable

TEXT_MAX_CHARACTERS = 8_000
TOPIC_MAX_CHARACTERS = 250
ALT_MAX_CHARACTERS = 1_000  # of the text that stands for a picture
EMPTY_MESSAGE = Translatable("A message cannot be empty.")


def clean_text(text: str) -> str:
    """`text` trimmed, with \n as line separator. Raises InvalidText."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise InvalidText(EMPTY_MESSAGE)
    too_long = Translatable(
        "A message can have at most %(limit)s characters.", limit=TEXT_MAX_CHARACTERS
    )
    return _validated(text, TEXT_MAX_CHARACTERS, too_long)


def clean_topic(text: str) -> str:
    """`text` as one line, which may be empty. Raises InvalidText."""
    too_long = Translatable(
        "A topic can have at most %(limit)s characters.", limit=TOPIC_MAX_CHARACTERS
    )
    return _validated(" ".join(text.split()), TOPIC_MAX_CHARACTERS, too_long)


def clean_alt(text: str) -> str:
    """The text that stands for a picture, as one line. Raises InvalidText."""
    too_long = Translatable(
        "A description can have at most %(limit)s characters.", limit=ALT_MAX_CHARACTERS
    )
    return _validated(" ".join(text.split()), ALT_MAX_CHARACTERS, too_long)


def _validated(text: str, limit: int, too_long: Translatable) -> str:
    if len(text) > limit:
        raise InvalidText(too_long)
    if "\0" in text or not _is_unicode(text):
        raise InvalidText(
            Translatable(
                "The text has a character that cannot be saved."
                " Type the text again instead of pasting it."
            )
        )
    return text


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
