"""The OpenID Connect provider is another program: it may be away."""

import logging

import pytest
import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.views import with_provider

FAILURES = [
    requests.ConnectionError("refused"),
    requests.Timeout("too slow"),
    requests.HTTPError("500 Server Error"),
    requests.JSONDecodeError("no JSON", "<html>", 0),
    OAuth2Error("bad answer"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda it: type(it).__name__)
def test_a_provider_that_is_away_is_one_line_and_a_page(
    failure: Exception, rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise failure

    answer = with_provider(view)(rf.get("/accounts/oidc/sso/login/"))
    assert answer.status_code == 502
    [line] = caplog.records
    assert (line.levelno, line.exc_info) == (logging.WARNING, None)
