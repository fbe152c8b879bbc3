"""Files that are whole, or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from chat.files.placing import place


@contextmanager
def whole_file(path: Path, *, replaces: bool = False) -> Iterator[IO[bytes]]:
    """A file that has its name once the block has ended well, and all of it is on disk.

    Raises FileExistsError for a name that is taken, unless the file `replaces` what has it.
    """
    prefix = f".{path.name}.unfinished-"
    draft = NamedTemporaryFile(dir=path.parent, prefix=prefix, delete=False)  # noqa: SIM115
    try:
        with draft:
            yield draft
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(path) if replaces else place(Path(draft.name), path)
    except BaseException:
        Path(draft.name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
