"""Slack's export, written here as its format is described."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from chat.files.uploads import PREVIEWS
from chat.journal.read.queries import first_seq_since
from chat.models import File, Job, Member, Membership, Message, Room, RoomKind, Subscription
from chat.search.positions import first_after, first_since
from chat.tests.search.support import found_in, say
from chat.tests.search.support import texts as found
from chat.tests.support.private_rooms import new_account
from chat.tests.transfer import invariants
from chat.tests.transfer.support import (
    Content,
    empty_installation,
    foldered,
    run,
    texts,
    unpacked,
    zipped,
)

pytestmark = pytest.mark.django_db(transaction=True)

T1, T2, T3, T4 = "1420074000.000100", "1420160400.000200", "1451610000.000300", "1451610060.000400"


def user(id: str, name: str) -> dict[str, Any]:
    profile = {"display_name": name, "real_name": f"{name} X", "email": f"{name}@Example.com"}
    return {"id": id, "name": name.lower(), "profile": profile}


def said(user: str, ts: str, text: str, **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "ts": ts, "text": text, **fields}


def export() -> dict[str, Content]:
    general: dict[str, Any] = {
        "id": "C1",
        "name": "general",
        "creator": "U1",
        "members": ["U1", "U2"],
    }
    general["topic"] = {"value": "Tea &amp; cake"}
    reactions = [
        {"name": "+1", "users": ["U1", "U2"], "count": 2},
        {"name": "wave::skin-tone-3", "users": ["U1"], "count": 1},
        {"name": "party-parrot", "users": ["U1"], "count": 1},
    ]
    files = [
        {"id": "F1", "name": "notes.txt", "url_private": "https://files.slack.com/F1"},
        {"id": "F2", "name": "gone.pdf", "url_private": "https://files.slack.com/F2"},
    ]
    return {
        "users.json": [user("U1", "Alice"), user("U2", "Bob")],
        "channels.json": [general],
        "groups.json": [{"id": "G1", "name": "secret", "creator": "U2", "members": ["U2"]}],
        "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
        "general/2015-01-01.json": [
            said("U1", T1, "*bold* _it_ <@U2> &lt;tag&gt; <https://example.com|site>"),
            {"type": "message", "subtype": "channel_join", "user": "U2", "ts": T1, "text": "x"},
        ],
        "general/2015-01-02.json": [
            said("U2", T2, "a reply", thread_ts=T1, edited={"user": "U2", "ts": T3}),
        ],
        "general/2016-01-01.json": [
            said("U2", T3, "tea", reactions=reactions, files=files),
            {"type": "message", "subtype": "bot_message", "bot_id": "B1", "username": "Robot",
             "ts": T4, "text": "deployed"},
        ],
        "secret/2016-01-01.json": [said("U2", T3, "hidden tea")],
        "D1/2016-01-01.json": [said("U1", T4, "psst")],
        "general/attachments/F1-notes.txt": "notes",
    }  # fmt: skip


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return zipped(tmp_path / "slack.zip", export())


def test_rooms_people_and_messages_come_over(package: Path) -> None:
    run("import", str(package))
    general, secret = Room.objects.get(name="general"), Room.objects.get(name="secret")
    direct = Room.objects.get(kind=RoomKind.DIRECT)
    assert (general.kind, secret.kind) == (RoomKind.MEMBERS, RoomKind.MEMBERS)
    assert general.topic == "Tea & cake"
    assert texts(general) == [
        "**bold** *it* @Bob <tag> [site](https://example.com)", "a reply", "tea", "deployed",
    ]  # fmt: skip
    assert texts(direct) == ["psst"]
    first, reply, tea, bot = Message.objects.filter(room=general).order_by("seq")
    assert first.sent_at.isoformat() == "2015-01-01T01:00:00.000100+00:00"
    assert first.mentions == [str(Member.objects.get(name="Bob").uid)]
    assert reply.reply_to == first.seq
    assert reply.edited_at is not None
    assert [(it["emoji"], it["count"]) for it in tea.reactions] == [("👍", 2), ("👋🏼", 1)]
    assert File.objects.get(message=tea).name == "notes.txt"
    assert bot.author.name == "Robot"
    for room in (general, secret, direct):
        invariants.check(room)
        invariants.check_appended(room)


def test_what_does_not_come_over_is_named_beforehand(package: Path) -> None:
    dry = run("import", str(package), "--dry-run")
    assert "Found: 3 people, 3 rooms, 6 messages, 3 reactions, 1 files" in dry
    assert "1 × files that are links to Slack, and not in the zip: gone.pdf" in dry
    assert "1 × reactions with an emoji of one's own: party-parrot" in dry
    assert "channel_join" in dry
    assert not Room.objects.exists()
    assert not Member.objects.exists()


def test_a_folder_is_the_same_as_a_zip(tmp_path: Path, package: Path) -> None:
    run("import", str(foldered(tmp_path / "unpacked", export())))
    assert "New: 0 people, 0 rooms, 0 messages" in run("import", str(package))


def test_twice_adds_nothing_and_a_later_export_what_is_new(package: Path, tmp_path: Path) -> None:
    run("import", str(package))
    assert "New: 0 people, 0 rooms, 0 messages, 0 reactions, 0 files" in run("import", str(package))
    later = {**export(), "general/2020-01-01.json": [said("U1", "1577880000.000100", "new")]}
    later["general/2014-01-01.json"] = [said("U1", "1388577600.000100", "older than all")]
    told = run("import", str(zipped(tmp_path / "later.zip", later)))
    assert "1 × messages that are older than what was said in their room since: general" in told
    general = Room.objects.get(name="general")
    assert texts(general)[-2:] == ["deployed", "new"]
    invariants.check_appended(general)


def test_a_public_channel_is_open_if_the_operator_says_so(package: Path) -> None:
    run("import", str(package), "--open")
    general = Room.objects.get(key="general")
    assert general.is_open
    assert not Membership.objects.filter(room=general).exists()
    assert Subscription.objects.filter(room=general, kept_at__isnull=False).count() == 2


def test_only_who_was_in_a_private_channel_reads_it(package: Path) -> None:
    run("import", str(package))
    secret = Room.objects.get(name="secret")
    carol, bob = new_account("Carol"), new_account("Robert")
    run("claim", "Bob@example.com", "robert")
    assert found(carol, "tea") == []
    assert found(bob, "tea") == ["hidden tea", "tea"]
    assert Membership.objects.get(room=secret, member=bob).role == "owner"


def test_where_nobody_came_over_claim_says_so(db: None) -> None:
    assert run("claim") == "Nobody who came over waits for an account.\n"


def test_an_address_that_is_not_confirmed_claims_nobody(package: Path, tmp_path: Path) -> None:
    run("import", str(package))
    alice, bob = new_account("Alicia"), new_account("Robert")
    EmailAddress.objects.create(user=alice.user, email="alice@example.com", verified=True)
    EmailAddress.objects.create(user=bob.user, email="bob@example.com", verified=False)
    assert run("claim", "--by-email") == "Alice is now alicia.\n"
    assert run("claim", "--by-email") == "Nobody was claimed.\n"
    listed = run("claim")
    assert "bob@example.com" in listed
    assert "alice@example.com" not in listed
    (tmp_path / "people.csv").write_text("bob,robert\n")
    assert run("claim", "--people", str(tmp_path / "people.csv")) == "Bob is now robert.\n"


def test_dates_find_what_came_over_and_what_was_said_here(package: Path) -> None:
    """What came over has later primary keys than what was said here long after."""
    carol, bob = new_account("Carol"), new_account("Robert")
    here = Room.objects.create(key="here", name="here")
    Subscription.objects.keep(carol, here)
    Subscription.objects.keep(bob, here)
    say(here, carol, "tea of today")
    run("import", str(package))
    run("claim", "bob", "robert")
    say(here, carol, "more tea")
    assert found(bob, "tea before:2016-06-01") == ["hidden tea", "tea"]
    assert found(bob, "on:2015-01-02 from:bob") == ["a reply"]
    assert found(bob, "tea after:2016-06-01") == ["more tea", "tea of today"]
    assert found(bob, "tea after:2015-06-01") == ["more tea", "hidden tea", "tea", "tea of today"]
    general = Room.objects.get(name="general")
    assert found(bob, "reply before:2015-06-01", found_in(bob, general)) == ["a reply"]


def test_a_jump_to_a_date_leads_there_right_after_an_import(package: Path) -> None:
    run("import", str(package))
    general = Room.objects.get(name="general")
    for day, seq in ((1, 1), (2, 2), (3, 3)):
        moment = datetime(2015, 1, day, tzinfo=UTC)
        assert first_seq_since(general, moment) == seq
    assert first_seq_since(general, datetime(2017, 1, 1, tzinfo=UTC)) is None


def test_positions_hold_for_every_message(package: Path) -> None:
    carol = Member.objects.create(name="Carol")
    here = Room.objects.create(key="here", name="here")
    say(here, carol, "before")
    run("import", str(package))
    say(here, carol, "after")
    messages = list(Message.objects.values_list("pk", "sent_at"))
    for _, moment in messages:
        low, high = first_since(moment), first_after(moment)
        assert all(sent_at < moment for pk, sent_at in messages if pk < low)
        assert all(sent_at > moment for pk, sent_at in messages if pk >= high)


def test_a_picture_is_made_anew_and_comes_back_to_the_same_bytes(tmp_path: Path) -> None:
    picture, hidden = BytesIO(), PngInfo()
    hidden.add_text("Comment", "where it was taken")
    Image.new("RGB", (40, 30), "red").save(picture, "png", pnginfo=hidden)
    listed = [{"id": "F9", "name": "red.png"}]
    files = {**export(), "general/2016-01-02.json": [said("U1", "1451700000.1", "", files=listed)]}
    files["general/attachments/F9-red.png"] = picture.getvalue()
    run("import", str(zipped(tmp_path / "slack.zip", files)))
    file = File.objects.get(name="red.png")
    assert (file.type, file.width, file.height, file.is_inline) == ("image/png", 40, 30, True)
    assert Job.objects.filter(kind=PREVIEWS).count() == 1
    run("export", str(tmp_path / "first"))
    first = unpacked(tmp_path / "first")
    assert b"taken" not in first[f"files/{file.uid}/red.png"]
    empty_installation()
    run("import", str(tmp_path / "first"))
    run("export", str(tmp_path / "second"))
    assert unpacked(tmp_path / "second") == first
    assert File.objects.get(name="red.png").is_inline
