"""All attacks, by family."""

from bench.abuse.attack import Attack
from bench.abuse.attacks import (
    bodies,
    changes,
    connections,
    frames,
    lists,
    malformed,
    memory,
    pages,
    reactions,
    rooms,
    sign_ins,
    unread,
)

FAMILIES = [
    bodies,
    connections,
    unread,
    frames,
    rooms,
    changes,
    reactions,
    lists,
    pages,
    sign_ins,
    malformed,
    memory,
]

ALL: list[Attack] = [attack for family in FAMILIES for attack in family.ATTACKS]


def named(name: str) -> Attack:
    return next(it for it in ALL if it.name == name)
