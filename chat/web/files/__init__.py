"""/chat/<room>/files and /files/…: sending files, and getting them."""

from chat.web.files.resumable import upload
from chat.web.files.sending import files
from chat.web.files.serve import card_picture, preview, serve

__all__ = ["card_picture", "files", "preview", "serve", "upload"]
