"""Takes files that people send: streams the bodies of requests to disk before Django sees them."""

from mysite.servers.uploads.announcements import Announcements
from mysite.servers.uploads.application import Refusal, Refuse, Uploads

__all__ = ["Announcements", "Refusal", "Refuse", "Uploads"]
