"""How far the search index is: which tokeniser made its rows, and when it was built anew."""

from datetime import datetime

from django.db import models


class SearchStateQuerySet(models.QuerySet["SearchState"]):
    def tokeniser(self) -> int:
        """The version of the tokeniser that has read all messages; 0 before the first."""
        return self.values_list("tokeniser", flat=True).first() or 0

    def set_tokeniser(self, version: int) -> None:
        self.update_or_create({"tokeniser": version}, pk=1)

    def set_rebuilt_at(self, moment: datetime) -> None:
        self.update_or_create({"rebuilt_at": moment}, pk=1)


class SearchState(models.Model):
    """One row. Where re-indexing stands is the state of its job."""

    tokeniser = models.PositiveIntegerField(default=0)
    rebuilt_at = models.DateTimeField(null=True)  # on PostgreSQL: what was said before is gone

    objects = SearchStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="search_state_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"tokeniser {self.tokeniser}"
