"""What the log shows."""

import logging

from django.core.exceptions import SuspiciousOperation


class DropClientErrorTracebacks(logging.Filter):
    """Logs what a client did wrong as one line, without a traceback.

    Django logs a bad Host header, an oversized form and the like as errors, with the exception
    they raise. The client is told; the operator has nothing to mend.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        exception = record.exc_info[1] if record.exc_info else None
        suspicious = isinstance(exception, SuspiciousOperation)
        if suspicious:
            record.levelno, record.levelname = logging.INFO, "INFO"
        if suspicious or 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True
