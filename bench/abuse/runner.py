"""Runs an attack on a server beside people who talk, and judges what came of it."""

import asyncio
import logging
import multiprocessing
import os
import resource
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from bench.abuse.attack import Attack, Scale, Tally, Target
from bench.abuse.talkers import Said, Talkers, talking
from bench.abuse.watch import Range, Watch
from chat.tests.support.servers import Server

GROWN_MAX_BYTES = 250 * 1024 * 1024  # by one attack, on any server
SPARE_DESCRIPTORS = 4  # the database of a thread that opened its connection meanwhile
RATIO_MAX = 3.0  # of the 99th percentile, attacked to quiet
WARM_UP = ("pages: rooms, many networks", "connections: a storm from many networks")
NICE = 15  # attackers leave the CPU to the server and the people who talk

# A proxy names the networks. Everything else is as an operator gets it.
SETTINGS = {"RATES": "on", "TRUSTED_PROXIES": "127.0.0.1"}
# The rates of networks in the short form, so that a small attack reaches them.
SHORT_RATES = {
    "NETWORK_CONNECTION_RATE": "20/min",
    "NETWORK_MESSAGE_RATE": "14/8s",  # above what a person who talks needs
    "NETWORK_TOPIC_RATE": "5/min",
    "NETWORK_REACTION_RATE": "15/min",
    "NETWORK_DELETION_RATE": "15/min",
    "NETWORK_EDIT_RATE": "15/min",
    "NETWORK_ROOM_RATE": "5/h",
    "NETWORK_NAME_RATE": "5/min",
    "NETWORK_PAGE_RATE": "2/min",
    "NETWORK_SIGN_IN_RATE": "1/10min",
    "NETWORK_ADMIN_SIGN_IN_RATE": "1/10min",
}


@dataclass
class Result:
    """What came of one attack on one server."""

    attack: str
    server: str
    tally: Tally
    quiet: Said
    attacked: Said
    memory: Range
    descriptors: Range
    busy: float  # cores of the server
    logged_errors: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        found = [*self.attacked.problems, *self.tally.problems[:3]]
        found += [line[:200] for line in self.logged_errors[:3]]
        if self.memory.grown > GROWN_MAX_BYTES:
            found.append(f"{self.memory.grown / 2**20:.0f} MiB of memory")
        if (left := self.descriptors.after - self.descriptors.before) > SPARE_DESCRIPTORS:
            found.append(f"{left} descriptors left open")
        return found

    @property
    def is_slow(self) -> bool:
        """Whether the people who talk notice the attack."""
        return self.ratio(99) > RATIO_MAX

    def ratio(self, percent: int) -> float:
        quiet = percentile_ms(self.quiet, percent)
        return percentile_ms(self.attacked, percent) / quiet if quiet else 0.0


def percentile_ms(said: Said, percent: int) -> float:
    return float(np.percentile(said.seconds, percent)) * 1e3 if said.seconds else 0.0


@contextmanager
def attackers() -> Iterator[Executor]:
    """The process that attacks: its own, so that it does not delay the people who talk."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=_prepare_attacker) as pool:
        yield pool


def _prepare_attacker() -> None:
    logging.getLogger("picows").setLevel(logging.ERROR)  # it warns of each connection that is cut
    os.nice(NICE)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def carry_out(attack: str, target: Target, scale: Scale) -> Tally:
    """Attack; runs in the attackers' process, which finds the attack by its name."""
    from bench.abuse.attacks import named

    found = named(attack)
    tally = Tally(is_to_be_refused=found.is_refused)
    asyncio.run(found.run(target, scale, tally))  # type: ignore[arg-type]
    return tally


def target_of(server: Server) -> Target:
    secret = (server.data_dir / "secret_key").read_text().strip()
    return Target(server.port, server.process.pid, secret)


def warm_up(server: Server, pool: Executor) -> None:
    """Let each thread of the server open its database connection."""
    for name in WARM_UP:
        pool.submit(carry_out, name, target_of(server), Scale(seconds=0.5, part=0.5)).result()


async def run(
    attack: Attack, server: Server, scale: Scale, pool: Executor, talkers: int, at_least: int
) -> Result:
    """Attack beside so many talkers, each of whom says at least so many messages."""
    target = target_of(server)
    async with talking(target, talkers) as people:
        watch = Watch(server)
        quiet = Said()
        if scale.quiet_seconds:
            quiet = await people.talk_for(scale.quiet_seconds, at_least)
        async with watch.following():
            tally, attacked = await _attack_beside(attack, target, scale, pool, people, at_least)
        await watch.settle(SPARE_DESCRIPTORS)
    if attack.is_refused and not tally.refused:
        tally.problems.append("nothing was refused")
    return Result(
        attack.name,
        server.kind,
        tally,
        quiet,
        attacked,
        watch.memory,
        watch.descriptors,
        watch.busy,
        watch.logged_errors,
    )


async def _attack_beside(
    attack: Attack, target: Target, scale: Scale, pool: Executor, people: Talkers, at_least: int
) -> tuple[Tally, Said]:
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    attacking = loop.run_in_executor(pool, carry_out, attack.name, target, scale)
    attacking.add_done_callback(lambda _: done.set())
    attacked = await people.talk(done, at_least)
    return await attacking, attacked
