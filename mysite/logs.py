"""What the log shows."""

import logging

from django.core.exceptions import SuspiciousOperation


class DropClientErrorTracebacks(logging.Filter):
    """Logs what a client did wrong as one line, without a traceback.

    Django logs a bad Host header, an oversized form and the like with the exception they raise.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        exception = record.exc_info[1] if record.exc_info else None
        client_error = 400 <= getattr(record, "status_code", 0) < 500
        if client_error or isinstance(exception, SuspiciousOperation):
            record.exc_info = record.exc_text = None
        return True
