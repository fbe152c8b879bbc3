from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = gettext_lazy("Rooms and people")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import (  # registers the system checks and the receivers of signals
            checks,  # noqa: F401
            signals,  # noqa: F401
        )
