"""What services post to an incoming webhook, as a text for people: `read` knows their shapes.

Nobody else's text means anything here: names and titles are shown as they are, and mention nobody.
Only who writes a text for the webhook may mention people, as in Slack's shape.
"""

from chat.programs.payloads.reading import Said, Unreadable, read

__all__ = ["Said", "Unreadable", "read"]
