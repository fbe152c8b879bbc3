"""Users who are signed in."""

from django.conf import settings
from django.test import Client

from accounts.models import User


def sign_in(user: User) -> str:
    """Sign the user in from a browser of their own. Returns the session key."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
