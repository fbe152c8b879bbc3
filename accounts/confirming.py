"""Who adds, changes or ends a way to sign in, or ends the account, has just said who they are.

By a password, a code or a passkey. An account without these has just signed in, and not by a link:
links leave no record of how somebody signed in.
"""

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.http import HttpRequest

from accounts.models import User


def can_confirm(user: User) -> bool:
    """Whether the user has a password, a code or a passkey to ask for."""
    return bool(get_reauthentication_flows(user))


def has_just_signed_in(request: HttpRequest) -> bool:
    """Whether the user of this session has shown a moment ago what no link shows."""
    user = request.user
    records = get_authentication_records(request, user) if isinstance(user, User) else []
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
