"""The pages of accounts: in both languages, accessible, with a passkey and one-time codes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Page, expect

from accounts.tests.conftest import PASSWORD
from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, cut_off_if_spaced, small_targets
from chat.tests.browser.room_page import SMALL_PHONE, NewPage
from chat.tests.support.servers import ROOT, Server, environment, serving

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SUBMIT = "form.landing-form button.button"
SAME_IN_BOTH = {
    "Lobby",
    "English",
    "Deutsch",
    "System",
    "Name",
    "Code",
    "Passkeys",
    "Passkey 1",
    "Status",
}
WORDS = """(() => {
  const zones = document.querySelector("[data-browser-time-zone]"); // places: not translated
  const others = [...(zones?.querySelectorAll("option[value]") ?? [])];
  const kept = others.map((option) => option.textContent);
  return document.body.innerText.split("\\n").filter((line) => !kept.includes(line)).join("\\n");
})()"""
NO_WORDS = re.compile(r"[\W\d]*|[A-Z2-7]{32}|Chrome · Linux")

ANONYMOUS = """
    login/ signup/ signup/?username=! password/reset/ password/reset/done/
    password/reset/key/1-x/ password/reset/key/done/ confirm-email/ confirm-email/MQ:x:y/ inactive/
    link/1/a-b/
""".split()
SIGNED_IN = """
    notifications/
    profile/ data/ data/delete/ password/change/ email/ sessions/ logout/ reauthenticate/ 2fa/
    2fa/webauthn/ 2fa/webauthn/add/ 2fa/webauthn/keys/1/edit/ 2fa/webauthn/keys/1/remove/
    2fa/totp/activate/ 2fa/recovery-codes/ 2fa/recovery-codes/generate/ 2fa/webauthn/reauthenticate/
    2fa/reauthenticate/ 2fa/totp/deactivate/ sign-in-again/
""".split()

pytestmark = pytest.mark.timeout(900)  # many pages


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With mail, so that all pages are there."""
    with serving("daphne", tmp_path_factory.mktemp("accounts"), EMAIL_URL="console://") as server:
        yield server


@pytest.fixture
def url(server: Server) -> str:
    """Passkeys are for host names, and not for addresses."""
    return server.url.replace("127.0.0.1", "localhost")


def add_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def sign_up(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/accounts/signup/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password1").fill(PASSWORD)
    page.locator(SUBMIT).click()
    page.wait_for_url(f"{url}/")


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator(SUBMIT).click()


def confirm(page: Page, url: str) -> None:
    """Type the password once more, which pages about signing in ask for."""
    page.goto(f"{url}/accounts/reauthenticate/?next=/accounts/2fa/")
    page.locator("#id_password").fill(PASSWORD)
    page.locator(SUBMIT).click()
    page.wait_for_url(f"{url}/accounts/2fa/")


def add_passkey(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/2fa/webauthn/add/")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(f"{url}/accounts/2fa/recovery-codes/")


class Walk:
    """Goes through pages. Collects what is wrong with them, and their words."""

    def __init__(self, page: Page, url: str) -> None:
        self._page, self._url = page, url
        self.found: list[str] = []
        self.words: dict[str, set[str]] = {}

    def visit(self, *paths: str) -> None:
        for path in paths:
            self._page.goto(f"{self._url}{path}")
            self.look(path)

    def look(self, name: str, page: Page | None = None) -> None:
        page = page or self._page
        lines = page.evaluate(WORDS).splitlines()
        self.words[name] = {it.strip() for it in lines}
        checks: list[Any] = [violations, cut_off, cut_off_if_spaced]
        found = [it for check in checks for it in check(page)]
        found += small_targets(page, size=44)
        self.found += [f"{name}: {it}" for it in found]


def sign_in_link(server: Server, name: str) -> str:
    """What `manage.py signinlink` prints."""
    command = [sys.executable, "manage.py", "signinlink", name]
    settings = environment(server.data_dir)
    return subprocess.check_output(command, cwd=ROOT, env=settings, text=True).strip()


def mailed(server: Server, kind: str) -> str:
    """The latest link of a kind in the mails on the console."""
    found: str = re.findall(rf"/accounts/{kind}/[^\s\"]+/", server.log)[-1]
    return found


def ask_for_mails(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/accounts/email/")
    page.locator("#id_email").fill(f"{name}@example.com")
    page.locator("[name=action_add]").click()
    page.goto(f"{url}/accounts/password/reset/")
    page.locator("#id_email").fill(f"{name}@example.com")
    page.locator(SUBMIT).click()
    page.wait_for_url(f"{url}/accounts/password/reset/done/")


def turn_codes_on(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/2fa/totp/activate/")
    secret = page.locator(".account-secret").inner_text()
    page.get_by_role("textbox").fill(code_of(secret))
    page.locator(SUBMIT).click()
    page.wait_for_url(f"{url}/accounts/2fa/**")


def walk(page: Page, url: str, name: str, server: Server) -> Walk:
    """Through all pages of accounts, as the browser's language has them."""
    walk = Walk(page, url)
    add_authenticator(page)
    setup = re.findall(r"/setup/\w+/", server.log)[0]
    walk.visit(setup, *(f"/accounts/{path}" for path in ANONYMOUS))
    sign_in(page, url, "nobody")
    walk.look("wrong")
    page.goto(f"{url}/accounts/signup/")
    page.locator("#id_username").fill("a@b")
    page.locator("#id_password1").fill("12345678")
    page.locator(SUBMIT).click()
    walk.look("refused")
    sign_up(page, url, name)
    confirm(page, url)
    walk.visit("/accounts/2fa/totp/activate/")
    add_passkey(page, url)
    walk.look("added")
    turn_codes_on(page, url)
    walk.look("codes on")
    ask_for_mails(page, url, name)
    walk.visit("/accounts/email/", mailed(server, "confirm-email"))
    key = page.goto(f"{url}/accounts/2fa/webauthn/")
    assert key
    [number, *_] = re.findall(r"/keys/(\d+)/", key.text())
    paths = [path.replace("/1/", f"/{number}/") for path in SIGNED_IN]
    walk.visit(*(f"/accounts/{path}" for path in paths))
    walk_device_links(walk, page)
    page.goto(f"{url}/accounts/logout/")
    page.locator(SUBMIT).click()
    walk.visit(mailed(server, "password/reset/key"), sign_in_link(server, name))
    sign_in(page, url, name)
    page.wait_for_url(f"{url}/accounts/2fa/authenticate/")
    walk.look("second step")
    return walk


def walk_device_links(walk: Walk, page: Page) -> None:
    """The code; the link in another browser and in the same one; a link that no longer works."""
    walk.visit("/device/")
    page.locator(SUBMIT).click()
    walk.look("code")
    address = page.locator(".account-secret").inner_text()
    browser, locale = page.context.browser, page.evaluate("navigator.language")
    assert browser
    with browser.new_context(locale=locale, **SMALL_PHONE) as phone:
        other = phone.new_page()
        other.goto(address)
        walk.look("link", other)
    page.goto(address)
    walk.look("own link")
    walk.visit(f"/device/{'a' * 43}/")


def test_every_page_is_accessible_and_translated(
    server: Server, url: str, new_page: NewPage
) -> None:
    walks = [
        walk(new_page(name, locale=locale, **SMALL_PHONE), url, name, server)
        for name, locale in (("alice-en", "en-GB"), ("alice-de", "de-DE"))
    ]
    assert [found for it in walks for found in it.found] == []
    english, german = ([*it.words.values()] for it in walks)
    untranslated = {
        line
        for one, other in zip(english, german, strict=True)
        for line in one & other
        if not NO_WORDS.fullmatch(line)
    }
    assert untranslated - SAME_IN_BOTH == set()


def test_a_passkey_signs_in_without_a_password(url: str, new_page: NewPage) -> None:
    page = new_page("Bob")
    add_authenticator(page)
    sign_up(page, url, "bob")
    confirm(page, url)
    add_passkey(page, url)
    page.goto(f"{url}/accounts/logout/")
    page.locator(SUBMIT).click()
    page.goto(f"{url}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{url}/")
    expect(page.get_by_role("link", name="bob")).to_be_visible()


def test_a_passkey_that_is_not_given_is_said(url: str, new_page: NewPage) -> None:
    page = new_page("Charlie")
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new Error());")
    page.goto(f"{url}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("That did not work: no passkey was given.")


def test_codes_are_turned_on_with_an_app_and_asked_for(url: str, new_page: NewPage) -> None:
    page = new_page("Dora")
    sign_up(page, url, "dora")
    confirm(page, url)
    page.goto(f"{url}/accounts/2fa/totp/activate/")
    secret = page.locator(".account-secret").inner_text()
    expect(page.locator(".account-qr img")).to_have_js_property("complete", True)
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.locator(SUBMIT).click()
    expect(page.locator(".account-codes li")).to_have_count(10)
    recovery_code = page.locator(".account-codes li").first.inner_text()
    page.goto(f"{url}/accounts/logout/")
    page.locator(SUBMIT).click()
    sign_in(page, url, "dora")
    page.get_by_label("Code", exact=True).fill(recovery_code)
    page.locator(SUBMIT).click()
    page.wait_for_url(f"{url}/")


def code_of(secret: str) -> str:
    """The code of a clock that is ahead: it is taken for a minute or longer."""
    *_, latest = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, latest)))


def test_a_password_can_be_shown(url: str, new_page: NewPage) -> None:
    page = new_page("Eve")
    page.goto(f"{url}/accounts/login/")
    field = page.locator("#id_password")
    page.get_by_role("button", name="Show Password").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide Password").click()
    expect(field).to_have_attribute("type", "password")


def test_the_settings_of_a_room_lead_to_the_account(url: str, new_page: NewPage) -> None:
    page = new_page("Fay")
    page.goto(f"{url}/chat/tea/")
    page.locator("[data-rename]").click()
    page.get_by_role("link", name="Create an account").click()
    page.locator("#id_username").fill("fay")
    page.locator("#id_password1").fill(PASSWORD)
    page.locator(SUBMIT).click()
    page.wait_for_url(f"{url}/chat/tea/")
    page.locator("[data-rename]").click()
    expect(page.get_by_role("link", name="fay")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{url}/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
