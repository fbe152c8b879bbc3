from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import (  # registers the system checks and the receivers of signals
            checks,  # noqa: F401
            signals,  # noqa: F401
        )
