"""What keeps a post out, or waiting, that the rights let in."""

from chat.journal.write.post_gate.post_gate import PostGate

__all__ = ["PostGate"]
