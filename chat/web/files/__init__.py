"""/chat/<room>/files and /files/…: sending files, and getting them."""

from chat.web.files.serve import preview, serve
from chat.web.files.upload import files
from chat.web.files.resumable import upload

__all__ = ["files", "preview", "serve", "upload"]
