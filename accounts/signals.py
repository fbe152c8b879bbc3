"""What other apps can learn about accounts."""

from django.dispatch import Signal

sessions_ended = Signal()  # sender=User, user, session_keys: ended by the user from elsewhere
