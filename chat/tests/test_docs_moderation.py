"""docs/moderation.md names the fields, the acts, the commands and the numbers of the code."""

from pathlib import Path

from django.conf import settings

from chat.management.commands.moderate import DOING
from chat.models import ActKind, ModerationAct
from chat.models.room_filter import HELD_IN_ROOM_MAX, HELD_OF_MEMBER_MAX
from chat.models.sanction import NETWORKS_MAX
from chat.web.moderation.acts import LATEST_MAX
from chat.web.moderation.log.export import record

DIALOG = Path(settings.BASE_DIR) / "chat/static/chat/js/moderation/moderation_dialog.js"
TEXT = (Path(settings.BASE_DIR) / "docs" / "moderation.md").read_text()


def test_each_field_and_each_act_of_the_export_is_described() -> None:
    fields = record(ModerationAct(kind=ActKind.MUTE), {})
    assert [it for it in fields if f"\n| `{it}` |" not in TEXT] == []
    assert [it for it in ActKind.values if f"`{it}`" not in TEXT] == []


def test_each_command_is_described() -> None:
    assert [it for it in DOING if f"`{it}" not in TEXT] == []


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"{LATEST_MAX} messages at most" in TEXT
    assert f"at most {NETWORKS_MAX} networks" in TEXT
    assert (
        f"At most\n{HELD_OF_MEMBER_MAX} messages of a person and {HELD_IN_ROOM_MAX} in all" in TEXT
    )
    assert f"Up to {LATEST_MAX} messages" in DIALOG.read_text()
