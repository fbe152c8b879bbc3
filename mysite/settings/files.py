"""Files that people send: how large, and where they are stored."""

from typing import Any

from mysite import environment
from mysite.environment import env, read
from mysite.settings.paths import DATA_DIR
from mysite.settings.static_files import STORAGES as _STATIC_STORAGES

FILE_MAX_BYTES = read(
    environment.at_least(1), "FILE_MAX_BYTES", 25 * 1024 * 1024, allowed="a number from 1 up"
)
FILES_MAX_BYTES = read(  # of all files together; 0: no limit
    environment.at_least(0), "FILES_MAX_BYTES", 0, allowed="a number from 0 up"
)
GUEST_FILES = read(env.bool, "GUEST_FILES", True, allowed="on or off")
GUEST_FILE_MAX_BYTES = read(
    environment.at_least(1), "GUEST_FILE_MAX_BYTES", 8 * 1024 * 1024, allowed="a number from 1 up"
)

LINK_CARDS = read(env.bool, "LINK_CARDS", False, allowed="on or off")  # this server fetches pages

OWN_FOLDER = DATA_DIR / "files"  # the first file creates it

_options: dict[str, Any] = read(
    environment.files,
    "FILES_URL",
    {"location": OWN_FOLDER},
    allowed="a folder like /srv/files, or s3://bucket/prefix?endpoint=https://…&region=…",
)
_is_in_bucket = "bucket_name" in _options
if not _is_in_bucket and _options["location"] != OWN_FOLDER:
    environment.private_folder("FILES_URL", _options["location"])
STORAGES: dict[str, dict[str, Any]] = {
    **_STATIC_STORAGES,
    "files": {
        "BACKEND": "chat.files.storage.bucket.BucketStorage"
        if _is_in_bucket
        else "chat.files.storage.folder.FolderStorage",
        "OPTIONS": _options,
    },
}
FILES_ACCEL = read(  # where the proxy has the folder, for X-Accel-Redirect
    environment.root_path, "FILES_ACCEL", "", allowed="a path like /stored-files"
)
if FILES_ACCEL and _is_in_bucket:
    environment.refuse("FILES_ACCEL", "possible with a bucket in FILES_URL: unset it")

FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"  # while they arrive
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
