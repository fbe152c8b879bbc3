"""Reads environment variables. A wrong value stops the start with a one-line message."""

import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import dj_database_url
from environs import Env, EnvError, validate

CREDENTIALS = re.compile(r"(?<=://).*(?=@)")

DEFAULT_RATE: tuple[int, int] | None = 20, 10
ROOT_PATH = re.compile(r"(/[\w.~-]+)+", re.ASCII)
RATE = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,4})?s", re.ASCII)

T = TypeVar("T")

env = Env()


def read(parse: Callable[..., T], name: str, default: T, allowed: str) -> T:
    """The variable `name`, parsed by `parse`; `default` if the variable is unset or blank.

    Exits with one line that names the variable, its value and what is `allowed`.
    """
    if not os.environ.get(name, "").strip():
        return default
    try:
        return parse(name)
    except (EnvError, ValueError):
        refuse(name, allowed)


def refuse(name: str, allowed: str) -> NoReturn:
    """Exit: the variable `name` is not what is `allowed`. Masks credentials in URLs."""
    value = CREDENTIALS.sub("***", os.environ.get(name, ""))
    raise SystemExit(f"Lobby cannot start: {name}={value!r} is not {allowed}.")


def seconds(name: str) -> float:
    value = env.float(name)
    if not 0 < value <= 3600:
        raise ValueError(name)
    return value


def rate(name: str) -> tuple[int, int] | None:
    """A rate like 20/10s as (count, seconds); None for `off`."""
    value = env.str(name).strip().lower()
    if value == "off":
        return None
    match = RATE.fullmatch(value)
    if match is None:
        raise ValueError(name)
    return int(match[1]), int(match[2] or 1)


def one_of(*choices: str) -> Callable[[str], str]:
    return lambda name: env.str(name, validate=validate.OneOf(choices))


def redis_url(name: str) -> str:
    value = env.str(name).strip()
    url = urlsplit(value)
    if url.scheme not in {"redis", "rediss", "unix"} or not (url.hostname or url.path):
        raise ValueError(name)
    _ = url.port  # raises ValueError if the port is not a number
    return value


def database(name: str) -> dict[str, Any]:
    """Django's database settings from a URL: a SQLite file or PostgreSQL."""
    url = env.str(name).strip()
    if urlsplit(url).scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ValueError(name)
    config = dj_database_url.parse(url)
    if config["NAME"] in {"", ":memory:"}:  # in memory, each thread would have its own database
        raise ValueError(name)
    return dict(config)


def origins(name: str) -> list[str]:
    values = _listed(name)
    for value in values:
        url = urlsplit(value)
        if url.scheme not in {"http", "https"} or not url.hostname or url.path not in {"", "/"}:
            raise ValueError(name)
    return [value.rstrip("/") for value in values]


def hosts(name: str) -> list[str]:
    values = _listed(name)
    if not values or any("/" in value or " " in value for value in values):
        raise ValueError(name)
    return values


def networks(name: str) -> list[str]:
    """IP networks, or `unix` for Unix sockets; an address alone is a network of one."""
    values = _listed(name)
    return [value if value == "unix" else str(ipaddress.ip_network(value)) for value in values]


def root_path(name: str) -> str:
    """A path without the slash at its end; empty for `/`."""
    value = env.str(name).strip().rstrip("/")
    segments = value.split("/")[1:]
    if value and (not ROOT_PATH.fullmatch(value) or {".", ".."} & set(segments)):
        raise ValueError(name)
    return value


def _listed(name: str) -> list[str]:
    values: list[str] = env.list(name)
    return [value.strip() for value in values if value.strip()]


def data_dir(name: str, default: Path) -> Path:
    """The folder for Lobby's files. Creates it, for this system user alone, if it is missing."""
    folder = read(env.path, name, default, allowed="a folder").absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror
        raise SystemExit(
            f"Lobby cannot start: {name}={str(folder)!r} is not a folder it can use: {reason}."
        ) from None
    return folder


def stored_secret(path: Path) -> str:
    """The secret in the file `path`. The first call creates the file, readable by its owner only.

    Processes that start together get the same secret: a hard link does not replace a file.
    """
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret") as draft:
            draft.write(secrets.token_urlsafe(64))  # mkstemp creates files with mode 0600
            draft.flush()
            os.fsync(draft.fileno())
            try:
                os.link(draft.name, path)
            except FileExistsError:
                pass
    return path.read_text().strip()
