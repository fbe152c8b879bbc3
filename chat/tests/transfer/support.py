"""Exports, in tests: written as the formats are described, and imported by the command."""

import json
import shutil
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from chat.models import Message, Room
from chat.tests.support.emptying import delete_all

Content = str | bytes | list[Any] | dict[str, Any]


def zipped(path: Path, files: dict[str, Content]) -> Path:
    """A zip with these files; what is no text is JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, as_bytes(content))
    return path


def foldered(path: Path, files: dict[str, Content]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(as_bytes(content))
    return path


def as_bytes(content: Content) -> bytes:
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else json.dumps(content, indent=2)).encode()


def json_lines(*lines: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(it)}\n" for it in lines)


def run(command: str, *args: Any, **options: Any) -> str:
    """What the command says."""
    said = StringIO()
    call_command(command, *args, stdout=said, stderr=StringIO(), **options)
    return said.getvalue()


def empty_installation() -> None:
    """As after the first start."""
    with transaction.atomic(), connection.cursor() as cursor:  # which checks constraints at its end
        for statement in delete_all(None, connection):
            cursor.execute(statement)


def unpacked(path: Path) -> dict[str, bytes]:
    """The files of an exported folder."""
    return {
        it.relative_to(path).as_posix(): it.read_bytes() for it in path.rglob("*") if it.is_file()
    }


def texts(room: Room) -> list[str]:
    return list(Message.objects.filter(room=room).order_by("seq").values_list("text", flat=True))


def fresh(path: Path) -> Path:
    """The path, without what was there."""
    shutil.rmtree(path, ignore_errors=True)
    return path
