"""The names of members: those they choose, and those that guests are given."""

import random
import unicodedata
import uuid

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from accounts.visible_text import visible_text
from chat.formatting import NAME_MAX_CHARACTERS

GUEST_NAMES = 8  # of one guest

ADJECTIVES = """
    Agile Amber Brave Bright Calm Candid Cheerful Clever Cosy Curious Dapper Daring Eager Early
    Fair Fond Gentle Glad Golden Happy Honest Humble Jolly Keen Kind Lively Lucky Mellow Merry
    Mindful Modest Neat Nimble Noble Patient Plucky Polite Proud Quick Quiet Ready Royal Silver
    Sincere Sleek Snug Sunny Swift Tidy Trusty Upbeat Vivid Warm Wise Witty Young Zesty
""".split()
ANIMALS = """
    Alpaca Avocet Badger Beaver Bison Bittern Bumblebee Cardinal Chamois Cricket Curlew Dolphin
    Dormouse Dove Egret Falcon Fawn Ferret Finch Fox Gazelle Gecko Goldfinch Hare Hedgehog Heron
    Hoopoe Ibex Jackdaw Kestrel Kingfisher Koala Lapwing Lark Lemur Linnet Lynx Magpie Marmot Marten
    Mole Moth Newt Nightingale Otter Owl Panda Pelican Penguin Plover Puffin Quail Raven Robin Seal
    Sparrow Starling Stork Swallow Swan Tern Toad Tortoise Turtle Vole Walrus Wombat Wren Yak
""".split()


def guest_name(uid: uuid.UUID) -> str:
    """The name of a guest who has not chosen one. The same guest gets the same name."""
    return guest_names(uid)[0]


def guest_names(uid: uuid.UUID) -> list[str]:
    """The names for a guest, of which the first is taken that looks like no account's."""
    pick = random.Random(uid.int).choice  # noqa: S311
    return [f"{pick(ADJECTIVES)} {pick(ANIMALS)}" for _ in range(GUEST_NAMES)]


def clean_name(typed: str, max_characters: int = NAME_MAX_CHARACTERS) -> str:
    """`typed` as the name of a member, or of a room that is not open: NFC, single spaces, visible.

    Raises ValidationError.

    Invisible characters and what draws over other lines are removed: `visible_text`.
    """
    name = " ".join(visible_text(unicodedata.normalize("NFC", typed)).split())
    if not any(unicodedata.category(character)[0] in "LNSP" for character in name):
        raise ValidationError(gettext("A name needs at least one visible character."))
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in name):
        raise ValidationError(gettext("A name cannot contain control characters."))
    if len(name) > max_characters:
        too_long = gettext("A name can have at most %(limit)s characters.")
        raise ValidationError(too_long, params={"limit": max_characters})
    return name


def member_name(username: str) -> str | None:
    """A username as the name of its member; None if no name can be made of it."""
    try:
        return clean_name(username[:NAME_MAX_CHARACTERS])
    except ValidationError:
        return None
