"""The limit of file descriptors: each connection takes one."""

import logging
import resource

RESERVED = 128  # for the database, Redis and files
BACKLOG_MAX = 2_048  # connections that wait to be accepted; as many are accepted at once
LOW = 4_096  # an operator is told of a lower limit
UNLIMITED = 65_536  # asked for where the system names no limit

logger = logging.getLogger(__name__)


def raise_limit() -> None:
    """Take all that the system allows this process; log it where that is little."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = UNLIMITED if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            pass  # macOS allows fewer than it says
    if limit() < LOW:
        logger.warning(
            "this process may open %d files, so it takes %d connections at most. Raise the limit:"
            " `ulimit -n`, or LimitNOFILE= of systemd.",
            limit(),
            connections_max(),
        )


def limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return UNLIMITED if soft == resource.RLIM_INFINITY else soft


def backlog() -> int:
    """How many connections are accepted at once."""
    return min(BACKLOG_MAX, limit() // 16)


def connections_max() -> int:
    """How many connections this process can have open at once."""
    uncounted = 3 * backlog()  # asyncio accepts further ones before it tells of the first
    return max(limit() - RESERVED - uncounted, limit() // 4)
