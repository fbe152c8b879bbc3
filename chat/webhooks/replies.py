"""What a receiver answers: the text that its bot says."""

import msgspec


class _Answered(msgspec.Struct):
    text: object = None


def text_in(body: bytes) -> str | None:
    """The `text` of a JSON object; None where there is none: most answers are no reply."""
    try:
        text = msgspec.json.decode(body, type=_Answered).text
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return text if isinstance(text, str) and text.strip() else None
