"""How many frames one connection may send.

A frame takes a token before it is decoded. Frames with a limit of their own get the token back:
changes, which have rates, and acknowledgements, of which there are at most as many as changes were
sent. So a client that follows docs/protocol.md is not slowed down, however busy its room is.
"""

import asyncio

from django.conf import settings

from chat.live.rates import TokenBucket, TooFast
from chat.live.rates.too_fast import OF_FRAMES

FRAMES_BURST = 100
FRAMES_PER_SECOND = 5  # a page sends `typing` every three seconds, `read` every two
DELAYED_MAX = 100  # frames since half a burst was there; beyond it the connection is closed
LISTS_BURST = 10
LISTS_PER_SECOND = 0.5
MALFORMED_IN_A_ROW = 10  # then the client speaks another protocol
MALFORMED_BURST = 30
MALFORMED_PER_SECOND = 0.1

CLOSED_RETRY_SECONDS = 30


class FrameLimits:
    """Counts the frames of one connection."""

    def __init__(self) -> None:
        clock = asyncio.get_running_loop().time
        self._is_on = bool(settings.RATES)
        self._frames = TokenBucket(FRAMES_BURST, FRAMES_PER_SECOND, clock)
        self._lists = TokenBucket(LISTS_BURST, LISTS_PER_SECOND, clock)
        self._malformed = TokenBucket(MALFORMED_BURST, MALFORMED_PER_SECOND, clock)
        self._malformed_in_a_row = 0
        self._delayed = 0

    def take_frame(self) -> float:
        """Count a frame. Returns the seconds until it may be decoded. Raises TooFast."""
        if not self._is_on:
            return 0
        if self._delayed and self._frames.tokens > FRAMES_BURST / 2:
            self._delayed = 0
        wait = self._frames.take()
        if wait:
            self._delayed += 1
            if self._delayed > DELAYED_MAX:
                raise TooFast(OF_FRAMES, CLOSED_RETRY_SECONDS)
        return wait

    def put_back_frame(self) -> None:
        """The frame counts elsewhere."""
        self._frames.put_back()

    def take_list(self) -> float:
        """Count a list of rooms. Returns the seconds until it may be read."""
        return self._lists.take() if self._is_on else 0

    def add_malformed(self) -> bool:
        """Count a malformed frame. Returns whether there were too many."""
        self._malformed_in_a_row += 1
        is_often = self._malformed.take() > 0
        return self._malformed_in_a_row >= MALFORMED_IN_A_ROW or is_often

    def add_well_formed(self) -> None:
        self._malformed_in_a_row = 0
