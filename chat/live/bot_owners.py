"""A word to whoever made a bot: what has become of it. chat/programs/bot_owners.py posts it."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from chat.models import Bot, Job, Member
from chat.protocol import Translatable

TELL = "tell the owner of a bot"  # the kind of the job
SILENCE = timedelta(hours=6)  # after a word, of others with the same cause
STOPPED = (  # no room is named: the owner may not be in it
    "rates",
    Translatable("I was stopped: I said more than the rates allow. Do I answer another bot?"),
)


@transaction.atomic
def tell(bot: Bot, cause: str, text: Translatable) -> bool:
    """Leave a word to a job of this transaction, unless one of this cause went out lately.

    The word is in the language of the installation. Returns whether it goes out.
    """
    if not Bot.objects.note_told(bot, cause, SILENCE):
        return False
    with translation.override(settings.LANGUAGE_CODE):
        said = translation.gettext(text.text) % text.values
    Job.objects.add(TELL, bot=bot.pk, text=said, at=timezone.now().isoformat())
    return True


def tell_stopped(member: Member) -> None:
    """The rates keep on refusing what the member says. If it is a bot, its owner is told."""
    bot = Bot.objects.filter(member=member.pk).first()
    if bot is not None:
        tell(bot, *STOPPED)
