"""Files that people send."""

from environs import validate

from mysite.environment import env, read
from mysite.settings.paths import DATA_DIR

FILE_MAX_BYTES: int = read(
    lambda name: env.int(name, validate=validate.Range(min=1)),
    "FILE_MAX_BYTES",
    25 * 1024 * 1024,
    allowed="a number of bytes from 1 up",
)
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"  # while they arrive
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
