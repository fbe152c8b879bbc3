"""Operators see what is still to be done, and why it failed."""

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Job, Member

JOBS = "/admin/chat/job/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("olga", is_staff=True, is_superuser=True))
    return client


@pytest.mark.postgresql
def test_an_operator_sees_a_job_that_failed_and_changes_none(operator: Client) -> None:
    Job.objects.add("forget member", member=7)
    Job.objects.add("of a later version")
    job = Job.objects.take(["forget member"])
    assert job
    Job.objects.put_off(job, "OSError('no answer')")
    page = operator.get(JOBS).content.decode()
    for shown in ("forget member", "no answer", "of a later version"):
        assert shown in page
    assert operator.get(f"{JOBS}{job.pk}/change/").status_code == 200
    for path in (f"{job.pk}/delete/", "add/"):
        assert operator.post(f"{JOBS}{path}", {"post": "yes"}).status_code == 403
    assert Job.objects.count() == 2


def test_an_account_that_an_operator_deletes_leaves_a_job_that_keeps_messages(
    operator: Client,
) -> None:
    member = Member.objects.of_user(User.objects.create_user("alice"))
    path = f"/admin/accounts/user/{member.user_id}/delete/"
    assert operator.post(path, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(username="alice").exists()
    state = Job.objects.get().state
    assert (state["member"], state["with_messages"]) == (member.pk, False)
