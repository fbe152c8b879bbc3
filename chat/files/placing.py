"""Files and folders that get their names once they are whole, and replace nothing."""

import os
from pathlib import Path


def place(draft: Path, path: Path) -> None:
    """Give a file or a folder its name. Raises FileExistsError if something has the name.

    Where the file system has no hard links, a file that takes the name at the same moment loses it.
    """
    if draft.is_dir():
        path.mkdir(mode=0o700)  # a folder that is empty is replaced by the next line
        draft.rename(path)
        return
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(path) from None
        draft.rename(path)
    else:
        draft.unlink()
