"""What events say in the language of the page, after the name of who did it.

The keys are the types of chat/models/event.py. After a dot: the role, what newcomers see, or 0
where nobody is named. After another one: `me` where it happened to the reader, `us` where it
happened to the reader and to others, who are the %(names)s then.
"""

from django.utils.translation import gettext


def event_texts() -> dict[str, str]:
    """Texts with %(names)s for the people, %(by)s for a person, and the event's own fields."""
    return {
        "renamed": gettext("changed their name from %(from)s to %(to)s"),
        "made": gettext("made this room with %(names)s"),
        "made.0": gettext("made this room"),
        "made.me": gettext("made this room with you"),
        "made.us": gettext("made this room with you and %(names)s"),
        "added": gettext("added %(names)s"),
        "added.me": gettext("added you"),
        "added.us": gettext("added you and %(names)s"),
        "joined": gettext("came in by an invite of %(by)s"),
        "operator_joined": gettext("came in as an operator"),
        "inherited": gettext("became an owner, as nobody else was left to be one"),
        "left": gettext("left the room"),
        "removed": gettext("removed %(names)s"),
        "removed.me": gettext("removed you"),
        "removed.us": gettext("removed you and %(names)s"),
        "role.owner": gettext("made %(names)s an owner"),
        "role.moderator": gettext("made %(names)s a moderator"),
        "role.member": gettext("took the role of %(names)s away"),
        "role.owner.me": gettext("made you an owner"),
        "role.moderator.me": gettext("made you a moderator"),
        "role.member.me": gettext("took your role away"),
        "history.start": gettext("let newcomers see everything that was said"),
        "history.joining": gettext("let newcomers see what is said from their joining"),
        "room_renamed": gettext("renamed the room from %(from)s to %(to)s"),
        "room_deleted": gettext("deleted the room"),
        "archived": gettext("archived the room"),
        "unarchived": gettext("opened the room again"),
        "locked": gettext("locked the room: only moderators can write"),
        "unlocked": gettext("unlocked the room"),
        "slow": gettext("set slow mode: one message every %(seconds)s seconds"),
        "slow.0": gettext("ended slow mode"),
        "retention": gettext("set that messages are kept for %(days)s days"),
        "retention.1": gettext("set that messages are kept for one day"),
        "retention.0": gettext("set that messages are kept as long as in other rooms"),
        "became_members": gettext("added %(names)s, and named the room %(to)s"),
        "became_members.me": gettext("added you, and named the room %(to)s"),
        "became_members.us": gettext("added you and %(names)s, and named the room %(to)s"),
    }
