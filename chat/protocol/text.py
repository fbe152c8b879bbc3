"""The texts of messages and topics, as they are stored."""

from chat.protocol.errors import Sentence, TextRefused

TEXT_MAX_CHARACTERS = 8_000
TOPIC_MAX_CHARACTERS = 250


def clean_text(text: str) -> str:
    """`text` as it is stored: trimmed, with plain newlines. Raises TextRefused."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise TextRefused(Sentence("A message is not empty."))
    too_long = Sentence("A message is at most %(limit)s characters.", limit=TEXT_MAX_CHARACTERS)
    return _checked(text, TEXT_MAX_CHARACTERS, too_long)


def clean_topic(text: str) -> str:
    """`text` as a room's topic: one line, perhaps empty. Raises TextRefused."""
    too_long = Sentence("A topic is at most %(limit)s characters.", limit=TOPIC_MAX_CHARACTERS)
    return _checked(" ".join(text.split()), TOPIC_MAX_CHARACTERS, too_long)


def _checked(text: str, limit: int, too_long: Sentence) -> str:
    if len(text) > limit:
        raise TextRefused(too_long)
    if "\0" in text or not _is_unicode(text):
        raise TextRefused(Sentence("A message holds no NUL and no lone surrogates."))
    return text


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
