"""Exports of chats, each read as the records of ours. Which one it is, is told from its files."""

from collections.abc import Callable, Iterator

from chat.transfer.faults import TransferError
from chat.transfer.origins import discord, lobby, mattermost, slack
from chat.transfer.origins.options import Options
from chat.transfer.packages import Package
from chat.transfer.report import Report
from chat.transfer.staging import Placed

Read = Callable[[Package, Options, Report], Iterator[Placed]]

# In this order: what is asked first has the clearest mark.
ORIGINS = {"lobby": lobby, "slack": slack, "mattermost": mattermost, "discord": discord}


def recognised(package: Package, kind: str = "") -> str:
    """Which export this is. Raises TransferError."""
    if kind:
        return kind
    for name, origin in ORIGINS.items():
        if origin.is_export(package):
            return name
    raise TransferError(
        "This is no export of Lobby, Slack, Mattermost or DiscordChatExporter (JSON)."
        " --format says which one it is."
    )


def reader(kind: str) -> Read:
    read: Read = ORIGINS[kind].read
    return read
