"""The kind of a file in words, as js/files/file_kind.js has it."""

import re

from django.utils.translation import gettext, gettext_lazy

KINDS = [  # the first that fits
    (r"image/", gettext_lazy("Picture")),
    (r"audio/", gettext_lazy("Audio")),
    (r"video/", gettext_lazy("Video")),
    (r"application/pdf$", "PDF"),
    (r"text/(plain|markdown)", gettext_lazy("Text")),
    (r".*(spreadsheet|excel)|text/csv", gettext_lazy("Spreadsheet")),
    (r".*(presentation|powerpoint)", gettext_lazy("Presentation")),
    (r".*(wordprocessing|msword|opendocument\.text|/rtf|epub)", gettext_lazy("Document")),
    (r".*(zip|x-tar|x-7z|rar|x-xz|x-bzip|zstd|compressed)", gettext_lazy("Archive")),
    (r"text/|.*(json|xml|javascript|x-sh|yaml|toml|sql)", gettext_lazy("Code")),
]


def kind_in_words(type: str) -> str:
    """The kind of files of a media type."""
    fitting = (words for pattern, words in KINDS if re.match(pattern, type))
    return str(next(fitting, gettext("File")))
