"""Attempts to sign in: checking a password is meant to be expensive."""

from functools import partial
from uuid import uuid4

from bench.abuse.attack import Attack, Networks, Scale, Tally, Target, repeat
from bench.abuse.requests import TOKEN, fetch, form

WORKERS = 40


async def sign_ins(target: Target, scale: Scale, tally: Tally, *, many: bool) -> None:
    networks = Networks(many=many)

    async def act() -> None:
        body = f"username={uuid4().hex}&password=guess&csrfmiddlewaretoken={TOKEN}"
        await fetch(target, tally, form("/admin/login/", networks.next(), "a=b", body))

    await repeat(scale, tally, WORKERS, act)


async def guesses(target: Target, scale: Scale, tally: Tally) -> None:
    """Many networks guess the password of one account."""
    networks = Networks(many=True)

    async def act() -> None:
        body = f"username=admin&password={uuid4().hex}&csrfmiddlewaretoken={TOKEN}"
        await fetch(target, tally, form("/admin/login/", networks.next(), "a=b", body))

    await repeat(scale, tally, WORKERS, act)


ATTACKS = [
    Attack("sign-ins: one network", partial(sign_ins, many=False), is_refused=True),
    Attack("sign-ins: many networks", partial(sign_ins, many=True)),
    Attack("sign-ins: one account, many networks", guesses),
]
