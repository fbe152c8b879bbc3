"""What those who keep rooms do to people and messages."""

from chat.web.moderation import log
from chat.web.moderation.acts import act
from chat.web.moderation.everywhere import block, guests, lift

__all__ = ["act", "block", "guests", "lift", "log"]
