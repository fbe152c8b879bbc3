"""Breaks a promise in the code, and sees whether its tests notice: `make mutants`.

Each mutant is one line of the code, changed in a copy of the repository. A mutant that lives (its
tests pass) is a promise that no test holds.
"""

import argparse
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from chat.tests.support.servers import ROOT

FAILED = 1  # what pytest exits with where a test fails


@dataclass(frozen=True)
class Mutant:
    """One promise broken: in `path`, `code` is `broken`, which one of `tests` must notice."""

    breaks: str
    path: str
    code: str
    broken: str
    tests: tuple[str, ...]


MUTANTS = [
    Mutant(
        "the write door asks the policy",
        "chat/journal/write/unit_of_work.py",
        "return policy.may(member, action, room, self.standings.of(member, room))",
        "return True",
        ("chat/tests/journal/write/test_moderation.py",),
    ),
    Mutant(
        "the write door asks whether a message is one's own",
        "chat/journal/write/editing.py",
        "if not policy.is_author(member, message):",
        "if False:",
        ("chat/tests/journal/test_journal.py", "api/tests/test_doors.py"),
    ),
    Mutant(
        "reading doors ask the policy",
        "chat/access.py",
        "return policy.may(member, action, self.room, self.standing)",
        "return True",
        ("chat/tests/web/test_doors.py",),
    ),
    Mutant(
        "who may not even find a room is not told of it",
        "chat/access.py",
        "return found if found.may(member, Action.FIND) else None",
        "return found",
        ("chat/tests/test_access.py",),
    ),
    Mutant(
        "who joined later sees what was said since",
        "chat/journal/read/view.py",
        "return [self._of_entry(it) for it in entries if it.seq >= self.visible_from]",
        "return [self._of_entry(it) for it in entries]",
        ("chat/tests/leaks/test_later_joiner.py",),
    ),
    Mutant(
        "search looks into the member's rooms alone",
        "chat/search/rooms.py",
        'f"{JOINED} WHERE {chosen} AND {is_in}"',
        'f"{JOINED} WHERE ({chosen} OR TRUE) AND ({is_in} OR TRUE)"',
        ("chat/tests/search/test_rights.py", "chat/tests/leaks/test_search.py"),
    ),
    Mutant(
        "each hit of a search is asked of the policy",
        "chat/search/searching.py",
        "readable = [it for it in hits if _may_read(member, it.candidate, found)]",
        "readable = list(hits)",
        ("chat/tests/search/test_rights.py",),
    ),
    Mutant(
        "who is taken out of a room loses the sockets there",
        "chat/journal/write/roster/roster.py",
        "Revocation.objects.append_all([Revocation(why=why, member=member.uid, room=room)])",
        "pass",
        ("chat/tests/servers/test_private_rooms.py", "chat/tests/servers/test_moderation.py"),
    ),
    Mutant(
        "a revoked token ends what is under way",
        "chat/programs/tokens.py",
        "Revocation.objects.append(Why.TOKEN, member=token.member.uid, session=token.digest)",
        "pass",
        ("chat/tests/sockets/test_tokens.py", "api/tests/test_tokens.py"),
    ),
    Mutant(
        "a token is for its scopes",
        "api/doors.py",
        "if not program.may(scope):",
        "if False:",
        ("api/tests/test_doors.py",),
    ),
    Mutant(
        "a token is for its rooms",
        "chat/programs/tokens.py",
        "return found if found and self.token.is_for(found.room) else None",
        "return found",
        ("api/tests/test_tokens.py", "api/tests/test_rooms.py"),
    ),
    Mutant(
        "a message that is sent again is confirmed again",
        "chat/journal/write/posting.py",
        "return Appended(room, member, encode(posted), is_duplicate=True)",
        "return None",
        ("chat/tests/sockets/test_consumers.py",),
    ),
    Mutant(
        "each change takes a version of its own",
        "chat/journal/write/unit_of_work.py",
        "room.version += 1",
        "room.version += 1 if room.version % 7 else 0",
        ("chat/tests/journal/test_model.py",),
    ),
    Mutant(
        "the index forgets what is deleted",
        "chat/journal/write/editing.py",
        "self._work.search_index.remove(message)",
        "pass",
        ("chat/tests/search",),
    ),
    Mutant(
        "the server fetches nothing from private networks",
        "chat/link_cards/addresses.py",
        "return address.is_global and not special and not any(address in it for it in REFUSED)",
        "return True",
        ("chat/tests/link_cards",),
    ),
    Mutant(
        "files are for who may send some",
        "chat/web/files/door.py",
        "if not found.may(self.member, Action.POST_FILES):",
        "if False:",
        ("chat/tests/web/test_guest_files.py", "chat/tests/web/test_sending_files.py"),
    ),
]


def main() -> None:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--only", default="", help="mutants with this in what they break")
    options = parser.parse_args()
    lives = [it.breaks for it in MUTANTS if options.only in it.breaks and not is_noticed(it)]
    sys.exit("\n".join(["", "No test notices when these are broken:", *lives]) if lives else 0)


def is_noticed(mutant: Mutant) -> bool:
    with TemporaryDirectory(prefix="lobby-mutant-") as folder:
        copy = Path(folder, "lobby")
        copy_repository(copy)
        break_promise(mutant, copy)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
        done = subprocess.run([*command, *mutant.tests], cwd=copy, capture_output=True, text=True)
    says = done.stdout.strip().splitlines()[-1:]
    print(f"{'noticed' if done.returncode == FAILED else 'LIVES'}: {mutant.breaks} {says}")
    if done.returncode not in (0, FAILED):
        sys.exit(done.stdout + done.stderr)
    return done.returncode == FAILED


def copy_repository(to: Path) -> None:
    tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    for name in filter(None, tracked.split("\0")):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, to / name)


def break_promise(mutant: Mutant, repository: Path) -> None:
    path = repository / mutant.path
    path.write_text(path.read_text().replace(mutant.code, mutant.broken))


if __name__ == "__main__":
    main()
