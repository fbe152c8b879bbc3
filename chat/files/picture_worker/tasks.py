"""What a picture worker does, and how it answers."""

import errno
import json
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from chat.files.picture_worker.refused import Refused

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)

Answer = dict[str, Any]


def main() -> None:
    """Do the task that the command line names, and answer."""
    json.dump(_answer(sys.argv[1], sys.stdin.buffer), sys.stdout)


def _answer(name: str, source: BinaryIO) -> Answer:
    try:
        return _task(name)(source)
    except Refused as refused:
        return {"answer": "refused", "code": refused.code}
    except MemoryError:
        return {"answer": "refused", "code": "too_complex"}
    except OSError as error:
        return _answer_to(error)
    except Exception as error:
        return _failed(error)


def _task(name: str) -> Callable[[BinaryIO], Answer]:
    # Imported here, so that an answer tells where Pillow is missing.
    from chat.files.picture_worker.cropping import crop
    from chat.files.picture_worker.previewing import preview
    from chat.files.picture_worker.remaking import remake

    return {"remake": remake, "preview": preview, "crop": crop}[name]


def _answer_to(error: OSError) -> Answer:
    """Writing has failed: reading has its own refusals."""
    if error.errno in NO_SPACE:
        return {"answer": "refused", "code": "no_space"}
    if error.errno in (errno.EFBIG, None):  # None is a codec of Pillow that gets no more memory
        return {"answer": "refused", "code": "too_complex"}
    return _failed(error)


def _failed(error: Exception) -> Answer:
    return {"answer": "failed", "reason": f"{type(error).__name__}: {error}"[:200]}
