"""Rates: how much a member, and a network, may do in how long; and how many connections each has.

`settings.RATES` is the table. With Redis, all processes count together; without Redis, or while it
is away, each process counts for itself.
"""

from chat.live.rates.actions import (
    ADMIN_SIGN_IN,
    BYTES,
    CONNECTION,
    DELETION,
    DEVICE_LINK,
    DOWNLOAD,
    EDIT,
    FILE,
    GUEST,
    INVITE,
    JOIN,
    MAIL,
    MESSAGE,
    NAME,
    PAGE,
    PERSON_SEARCH,
    REACTION,
    REPORT,
    ROOM,
    SEARCH,
    SIGN_IN,
    SIGN_UP,
    TOPIC,
    UPLOAD,
)
from chat.live.rates.networks import address_of, network_of, pseudonym_of
from chat.live.rates.rates import Client, Rates
from chat.live.rates.token_bucket import TokenBucket
from chat.live.rates.too_fast import TooFast

__all__ = [
    "ADMIN_SIGN_IN",
    "BYTES",
    "CONNECTION",
    "DELETION",
    "DEVICE_LINK",
    "DOWNLOAD",
    "EDIT",
    "FILE",
    "GUEST",
    "INVITE",
    "JOIN",
    "MAIL",
    "MESSAGE",
    "NAME",
    "PAGE",
    "PERSON_SEARCH",
    "REACTION",
    "REPORT",
    "ROOM",
    "SEARCH",
    "SIGN_IN",
    "SIGN_UP",
    "TOPIC",
    "UPLOAD",
    "Client",
    "Rates",
    "TokenBucket",
    "TooFast",
    "address_of",
    "network_of",
    "pseudonym_of",
]
