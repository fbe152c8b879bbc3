"""A WebSocket's session in one room: what all protocols have in common."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from chat import access
from chat.journal import Feed, database
from chat.journal.read.view import NoLongerIn, View
from chat.live.best_effort import BestEffortSender
from chat.live.presence import PresenceHandle
from chat.live.speaking import Speaking
from chat.protocol import MalformedFrame
from chat.runtime import Runtime
from chat.sockets.admission import Admission
from chat.sockets.frame_limits import FrameLimits

PEER_GONE = (OSError,)  # what a server's send() raises when the socket has closed: ASGI

SendText = Callable[[str], Coroutine[Any, Any, None]]


class ProtocolSession(Speaking):
    """One connection to one room. A subclass speaks one protocol."""

    subprotocol: str | None  # of the WebSocket handshake

    def __init__(
        self,
        runtime: Runtime,
        admission: Admission,
        feed: Feed,
        send: SendText,
        language: str = "en",
        origin: str = "",
    ) -> None:
        """`language` is the code of the language for refusals.

        `origin` is where the client found this server.
        """
        room, member, network = admission.room, admission.member, admission.network
        super().__init__(runtime.journal, runtime.rates, room, member, network)
        self.runtime = runtime
        self.standing_at_start = admission.standing
        self.frame_limits = FrameLimits()
        self.feed = feed
        self.send = send
        self.language, self.origin = language, origin
        self.presence: PresenceHandle | None = None

    async def start(self, after: int | None, *, takes_changes: bool = False) -> None:
        """Send the first frame. A client resumes from the version `after`; None: it is new.

        `takes_changes`: the client takes changes of messages instead of whole messages.
        """
        raise NotImplementedError

    async def deliver(self) -> None:
        """Send what lies after the cursor, until cancelled. Raises TooSlow and send errors."""
        raise NotImplementedError

    async def receive(self, text: str) -> None:
        """Handle one frame of the client. Raises MalformedFrame and TooFast."""
        raise NotImplementedError

    async def refuse(self, malformed: MalformedFrame) -> None:
        """Answer a malformed frame."""
        raise NotImplementedError

    def join(self) -> None:
        """Join the presence of the room."""
        self.presence = self.runtime.presence.join(
            self.room, self.member, self._best_effort_sender()
        )

    def leave(self) -> None:
        """Leave the presence of the room, after the connection has ended."""
        if self.presence is not None:
            self.presence.leave()

    def _view(self) -> View | None:
        """What this person may see of the room; None: all that is in it."""
        if self.room.is_open:
            return None
        return View.of_member(self.member, self.standing_at_start)

    async def _ensure_still_in(self) -> None:
        """Ask once more, when the cursor stands. Raises NoLongerIn.

        A removal that is stored later lies after the cursor, where the view ends.
        """
        if self.room.is_open:
            return
        found = await database.read(access.find_in, self.member, self.room)
        if found is None or found.standing.since != self.standing_at_start.since:
            raise NoLongerIn

    def _best_effort_sender(self) -> BestEffortSender | None:
        """Returns the sender of soft state, or None if the protocol has no soft state."""
        return None

    def _says(self) -> None:
        if self.presence is not None:
            self.presence.stop_typing()

    def _counted(self) -> None:
        self.frame_limits.put_back_frame()

    def _present(self) -> Mapping[str, str]:
        return self.presence.people if self.presence else {}
