"""Reads environment variables. A wrong value stops the start with a one-line message."""

import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl, urlsplit

import dj_database_url
import dj_email_url
from environs import Env, EnvError, validate

SECRETS = {"METRICS_TOKEN"}  # variables whose value is not repeated
CREDENTIALS = re.compile(r"(?<=://).*(?=@)")

ROOT_PATH = re.compile(r"(/[\w.~-]+)+", re.ASCII)
RATE = re.compile(r"([1-9]\d{0,5})([kMG]?)/([1-9]\d{0,4})?(s|min|h|d)", re.ASCII)
AMOUNTS = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 24 * 3600}
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
BUCKET_PREFIX = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", re.ASCII)
TOKEN = re.compile(r"[!-~]{16,200}")
MAIL_SCHEMES = {"smtp", "submission", "console"}  # console: prints mail, to try things out
MAIL_SECONDS = 10  # an SMTP server may take so long to answer
RATE_MAX_SECONDS = 30 * SECONDS["d"]

T = TypeVar("T")
Rate = tuple[int, int]  # so many in so many seconds

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
    """Exit: the variable `name` is not what is `allowed`. Shows no secrets."""
    value = CREDENTIALS.sub("***", os.environ.get(name, ""))
    shown = name if name in SECRETS else f"{name}={value!r}"
    raise SystemExit(f"Lobby cannot start: {shown} is not {allowed}.")


def seconds(name: str) -> float:
    value = env.float(name)
    if not 0 < value <= 3600:
        raise ValueError(name)
    return value


def rates(**defaults: tuple[str | None, str | None]) -> dict[str, tuple[Rate | None, Rate | None]]:
    """The rates of each action: of one member, and of one network.

    The rates of `message` are in MESSAGE_RATE and NETWORK_MESSAGE_RATE. A rate whose default is
    None does not exist.
    """
    return {
        action: (
            _rate(f"{action.upper()}_RATE", of_member),
            _rate(f"NETWORK_{action.upper()}_RATE", of_network),
        )
        for action, (of_member, of_network) in defaults.items()
    }


def rates_are_on() -> bool:
    """Whether RATES leaves rates and bounds on."""
    return read(env.bool, "RATES", True, allowed="on or off")


def _rate(name: str, default: str | None) -> Rate | None:
    if default is None:
        return None
    allowed = "an amount in a time like 20/10s, 5/min, 1G/d, or off"
    return read(lambda name: parse_rate(env.str(name)), name, parse_rate(default), allowed)


def parse_rate(text: str) -> Rate | None:
    """So many in so many seconds; None for `off`. Raises ValueError."""
    if text.strip().lower() == "off":
        return None
    match = RATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    amount, seconds = int(match[1]) * AMOUNTS[match[2]], int(match[3] or 1) * SECONDS[match[4]]
    if seconds > RATE_MAX_SECONDS:
        raise ValueError(text)
    return amount, seconds


def bound(name: str, default: int | None) -> int | None:
    """A number from 1 up; None for `off`, and with RATES=off."""
    value = read(_bound, name, default, allowed="a number from 1 up, or off")
    return value if rates_are_on() else None


def _bound(name: str) -> int | None:
    is_off = env.str(name).strip().lower() == "off"
    return None if is_off else int(env.int(name, validate=validate.Range(min=1)))


def at_least(least: int) -> Callable[[str], int]:
    return lambda name: int(env.int(name, validate=validate.Range(min=least)))


def between(least: int, most: int) -> Callable[[str], int | None]:
    return lambda name: int(env.int(name, validate=validate.Range(min=least, max=most)))


def one_of(*choices: str) -> Callable[[str], str]:
    return lambda name: env.str(name, validate=validate.OneOf(choices))


def token(name: str) -> str:
    value = env.str(name).strip()
    if not TOKEN.fullmatch(value):
        raise ValueError(name)
    return value


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


def mail(name: str) -> dict[str, Any]:
    """Django's settings for sending mail from a URL: an SMTP server, or the console."""
    url = urlsplit(env.str(name).strip())
    if url.scheme not in MAIL_SCHEMES or not (url.hostname or url.scheme == "console"):
        raise ValueError(name)
    config = dj_email_url.parse(url.geturl())
    if not config["EMAIL_TIMEOUT"]:
        config["EMAIL_TIMEOUT"] = MAIL_SECONDS
    return dict(config)


def files(name: str) -> dict[str, Any]:
    """Where files are stored, from a URL: `location`, a folder, or the options of a bucket."""
    value = env.str(name).strip()
    if value.startswith("/"):
        return {"location": Path(value)}
    return bucket(value)


def bucket(url: str) -> dict[str, Any]:
    """An S3 bucket from `s3://bucket/prefix?endpoint=…&region=…`. Raises ValueError."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    prefix = parts.path.strip("/")
    if parts.scheme != "s3" or not BUCKET.fullmatch(parts.netloc) or parts.fragment:
        raise ValueError("no bucket")
    if prefix and not BUCKET_PREFIX.fullmatch(prefix):
        raise ValueError("no prefix")
    if options.keys() - {"endpoint", "region"}:
        raise ValueError("an unknown option")
    return {
        "bucket_name": parts.netloc,
        "location": prefix,
        "endpoint_url": _endpoint(options.get("endpoint")),
        "region_name": options.get("region"),
    }


def _endpoint(value: str | None) -> str | None:
    url = urlsplit(value or "https://aws")
    if url.scheme not in {"http", "https"} or not url.hostname or url.query or "@" in url.netloc:
        raise ValueError("no endpoint")  # credentials are in variables of their own
    _ = url.port  # raises ValueError if the port is not a number
    return value


def origin(name: str) -> str:
    """An address without the slash at its end, with a path or without."""
    value = env.str(name).strip().rstrip("/")
    url = urlsplit(value)
    if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment:
        raise ValueError(name)
    return value


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
    return private_folder(name, folder)


def private_folder(name: str, folder: Path) -> Path:
    """The folder that follows from the variable `name`, for this system user alone if it is new."""
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
