"""What those who keep rooms do to people and messages, and what people report to them."""

from chat.web.moderation import log
from chat.web.moderation.acts import act
from chat.web.moderation.everywhere import block, guests, lift
from chat.web.moderation.mine import mine
from chat.web.moderation.queue import decide, note, queue
from chat.web.moderation.reporting import report

__all__ = [
    "act",
    "block",
    "decide",
    "guests",
    "lift",
    "log",
    "mine",
    "note",
    "queue",
    "report",
]
