"""What operators run."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "ops"

    def ready(self) -> None:
        from ops import sqlite  # noqa: F401  # connects its receiver
