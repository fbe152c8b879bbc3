"""Rows that people send under ids of their own: sent again, a row is found by its id."""

import uuid
from collections.abc import Collection
from typing import Any, TypeVar

from django.db import models

ClientKey = tuple[int, uuid.UUID]  # the primary key of a member, and their client id

T = TypeVar("T", bound=models.Model)


def by_client_id(rows: models.QuerySet[T], keys: Collection[ClientKey]) -> dict[ClientKey, T]:
    """The rows with these members and client ids. One query; none without keys."""
    if not keys:
        return {}
    members, ids = zip(*keys, strict=True)
    found: Any = rows.filter(member__in=set(members), client_id__in=set(ids))
    return {(it.member_id, it.client_id): it for it in found}
