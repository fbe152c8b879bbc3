"""Django's handler, which answers 400 to requests that Django cannot read. Django raises, for some.

Character sets of forms, and of the parameters of a Content-Type, are any text.
"""

import codecs
import logging
from typing import IO, Any

from django.core.exceptions import BadRequest
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpResponseBadRequest
from django.http.response import HttpResponseBase

from mysite.servers.received import ANNOUNCEMENT, FORM, body_of

UNREADABLE = "The Content-Type of this request cannot be read.\n"

logger = logging.getLogger(__name__)


class PageRequest(ASGIRequest):
    """Django's request, for which a form that cannot be read is a bad request.

    A form with a file has been read already (`uploads`).

    Forms are UTF-8: other character sets make texts that no database stores.
    """

    def __init__(self, scope: Any, body_file: IO[bytes]) -> None:
        super().__init__(scope, body_file)
        if self.encoding and codecs.lookup(self.encoding).name != "utf-8":
            raise ValueError(f"the character set is {self.encoding}")
        self.is_announcement = scope.get(ANNOUNCEMENT, False)  # the body has not been read
        self._dont_enforce_csrf_checks = self.is_announcement  # it may have the token

    def _load_post_and_files(self) -> None:
        if form := self.scope.get(FORM):
            self._post, self._files = form.as_post(), form.as_files()
        else:
            self._parse_form()

    def _parse_form(self) -> None:
        try:
            super()._load_post_and_files()
        except (BadRequest, LookupError, TypeError, ValueError) as error:  # an odd charset
            # The page that says so reads the form again.
            self._mark_post_parse_error()  # type: ignore[attr-defined]
            raise BadRequest(f"This form cannot be read: {error}") from None


class PageHandler(ASGIHandler):
    """Django's handler, for which a Content-Type that cannot be read is a bad request."""

    request_class = PageRequest

    def load_middleware(self, is_async: bool = False) -> None:
        """Make a page one call on one thread: with its middleware and its view.

        Django's would hop to a thread and back for each step of each middleware. Middleware that is
        asynchronous only runs on the event loop, outside of that call.
        """
        super().load_middleware(is_async=False)
        # The outermost middleware is asynchronous, and was made callable for threads.
        self._middleware_chain = self._middleware_chain.awaitable  # type: ignore[has-type]

    def create_request(
        self, scope: Any, body_file: IO[bytes]
    ) -> tuple[ASGIRequest, None] | tuple[None, HttpResponseBase]:
        try:
            return super().create_request(scope, body_of(scope, body_file))
        except (LookupError, TypeError, ValueError) as error:  # an odd charset (RFC 2231)
            logger.info("Bad Request: the Content-Type cannot be read: %.200s", error)
            return None, HttpResponseBadRequest(UNREADABLE, content_type="text/plain")
