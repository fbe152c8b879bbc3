"""Signing in with OpenID Connect."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.room_page import NewPage
from chat.tests.support.oidc_provider import provider
from chat.tests.support.servers import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with provider() as address:
        settings = {"OIDC_URL": address, "OIDC_NAME": "Example ID", "OIDC_CLIENT_ID": "lobby"}
        with serving("daphne", tmp_path_factory.mktemp("oidc"), **settings) as server:
            yield server


def sign_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/accounts/login/?next=/chat/tea/")
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.wait_for_url(f"{server.url}/chat/tea/")


def test_a_provider_makes_an_account_and_signs_in_again(server: Server, new_page: NewPage) -> None:
    for _ in range(2):  # two browsers
        page = new_page("Ada")
        sign_in(page, server)
        page.goto(f"{server.url}/accounts/profile/")
        expect(page.get_by_role("heading", name="Ada-Lovelace")).to_be_visible()
    for path in ("3rdparty/", "profile/"):
        page.goto(f"{server.url}/accounts/{path}")
        assert violations(page) == []
    expect(page.get_by_role("link", name="Set a password")).to_be_visible()


def test_whom_the_provider_does_not_sign_in_is_told(server: Server, new_page: NewPage) -> None:
    page = new_page("Eve")
    page.goto(f"{server.url}/accounts/oidc/sso/login/callback/?error=access_denied&state=x")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert violations(page) == []
