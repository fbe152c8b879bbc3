"""JSON in a page."""

from django.utils.safestring import SafeString, mark_safe

# No text can then end the script element or begin a comment in it (HTML Standard, 4.12.1.3). In
# JSON these characters occur in strings alone, where the escapes mean the same.
ESCAPES = {it: f"\\u{ord(it):04x}" for it in "<>&\u2028\u2029"}


def in_script(json: str) -> SafeString:
    """JSON as the content of a `<script type="application/json">`."""
    for character, escape in ESCAPES.items():  # `str.translate` would take milliseconds
        json = json.replace(character, escape)
    return mark_safe(json)  # noqa: S308  # escaped
