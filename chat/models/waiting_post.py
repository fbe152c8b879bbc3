"""What a webhook posted faster than the rates allow. It waits here, and is never dropped."""

import uuid
from datetime import timedelta

from django.db import models, transaction
from django.db.models import F

from chat.models.job import Job
from chat.models.token import Token

POST = "post what waits"  # the kind of the job


class WaitingPostQuerySet(models.QuerySet["WaitingPost"]):
    def put(self, token: Token, text: str, wait: float) -> None:
        """Keep a text for `wait` seconds; where one waits already, count one more."""
        while not self.filter(token=token).update(more=F("more") + 1):
            with transaction.atomic():
                _, is_first = self.get_or_create(token=token, defaults={"text": text})
                if is_first:
                    Job.objects.add_later(POST, timedelta(seconds=wait), token=token.pk)
                    return

    def settle(self, posted: "WaitingPost") -> bool:
        """Forget what is posted. Returns whether more came meanwhile, which is only counted."""
        found = self.filter(pk=posted.pk)
        if found.filter(more=posted.more).delete()[0]:
            return False
        found.update(uid=uuid.uuid4(), text="", more=F("more") - posted.more)
        return True


class WaitingPost(models.Model):
    """The first text that waits for a token's room, and how many came after it."""

    token = models.OneToOneField(Token, on_delete=models.CASCADE)
    uid = models.UUIDField(default=uuid.uuid4)  # of the message to be
    text = models.TextField(blank=True)
    more = models.PositiveIntegerField(default=0)

    objects = WaitingPostQuerySet.as_manager()

    def __str__(self) -> str:
        return f"what waits for {self.token_id}"
