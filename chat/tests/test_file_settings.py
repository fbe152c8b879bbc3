"""The settings of files, as a process reads them at its start."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chat.files.storage.bucket import BucketStorage
from chat.tests.support.servers import ROOT, environment

TOLD = (
    "FILES_ACCEL FILES_MAX_BYTES FILE_MAX_BYTES GUEST_FILES GUEST_FILE_MAX_BYTES"
    " FILE_UPLOAD_TEMP_DIR STORAGES"
)
CODE = f"""
import json
from mysite import settings
print(json.dumps({{name: getattr(settings, name) for name in {TOLD!r}.split()}}, default=str))
"""


def start(data_dir: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=ROOT,
        env=environment(data_dir, **variables),
        capture_output=True,
        text=True,
    )


def test_files_are_in_the_data_folder_by_default(tmp_path: Path) -> None:
    settings = json.loads(start(tmp_path).stdout)
    assert settings["STORAGES"]["files"] == {
        "BACKEND": "chat.files.storage.folder.FolderStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    assert settings["FILE_MAX_BYTES"] == 25 * 1024 * 1024
    assert settings["FILES_MAX_BYTES"] == 0
    assert settings["GUEST_FILES"] is True
    assert settings["GUEST_FILE_MAX_BYTES"] == 8 * 1024 * 1024
    assert settings["FILE_UPLOAD_TEMP_DIR"] == str(tmp_path / "uploads")


def test_files_may_be_in_a_bucket(tmp_path: Path) -> None:
    settings = json.loads(start(tmp_path, FILES_URL="s3://lobby/a?region=x").stdout)
    assert settings["STORAGES"]["files"] == {
        "BACKEND": "chat.files.storage.bucket.BucketStorage",
        "OPTIONS": {
            "bucket_name": "lobby",
            "location": "a",
            "endpoint_url": None,
            "region_name": "x",
        },
    }
    assert not (tmp_path / "files").exists()


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (
            {"FILES_URL": "s3://key:secret@lobby"},
            "FILES_URL='s3://***@lobby' is not a folder like /srv/files, or s3://bucket/prefix?",
        ),
        ({"FILES_URL": "/dev/null/a"}, "FILES_URL='/dev/null/a' is not a folder it can use: "),
        ({"FILE_MAX_BYTES": "0"}, "FILE_MAX_BYTES='0' is not a number from 1 up."),
        ({"FILES_MAX_BYTES": "10G"}, "FILES_MAX_BYTES='10G' is not a number from 0 up."),
        ({"GUEST_FILES": "some"}, "GUEST_FILES='some' is not on or off."),
        ({"GUEST_FILE_MAX_BYTES": "-1"}, "GUEST_FILE_MAX_BYTES='-1' is not a number from 1 up."),
        ({"FILES_ACCEL": "files"}, "FILES_ACCEL='files' is not a path like /stored-files."),
        (
            {"FILES_ACCEL": "/files", "FILES_URL": "s3://lobby"},
            "FILES_ACCEL='/files' is not possible with a bucket in FILES_URL: unset it.",
        ),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line(
    tmp_path: Path, variables: dict[str, str], line: str
) -> None:
    done = start(tmp_path, **variables)
    assert done.returncode != 0
    assert done.stderr.startswith(f"Lobby cannot start: {line}")
    assert done.stderr.count("\n") == 1


def test_objects_in_a_bucket_get_no_acl() -> None:
    assert BucketStorage(bucket_name="lobby").default_acl is None
