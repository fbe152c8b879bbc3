"""Requests to Lobby's pages with a member's cookie, and the data in a room page."""

import json
from html.parser import HTMLParser
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.http.response import HttpResponseBase
from django.test import AsyncClient, Client

from accounts.models import User
from chat import guest_cookie
from chat.models import Member


async def get_page(member: Member, address: str) -> HttpResponseBase:
    """GET `address` as the member."""
    answer = await _client(member).get(address)
    await sync_to_async(connections.close_all)()  # on the thread that ran the view
    return answer


async def post_form(member: Member, address: str, **fields: Any) -> HttpResponseBase:
    """POST form fields to `address` as the member."""
    answer = await _client(member).post(address, fields)
    await sync_to_async(connections.close_all)()
    return answer


def _client(member: Member) -> AsyncClient:
    client = AsyncClient()
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
    return client


def snapshot(page: Any) -> dict[str, Any]:
    """The data of a room page with the latest messages, as a browser finds it."""
    found = _Snapshot()
    found.feed(page.content.decode())
    data: dict[str, Any] = json.loads(found.text)
    return data


class _Snapshot(HTMLParser):
    text = ""
    is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_inside = ("id", "snapshot") in attrs

    def handle_endtag(self, tag: str) -> None:
        self.is_inside = False

    def handle_data(self, data: str) -> None:
        if self.is_inside:
            self.text += data


def browser_of(member: Member | None) -> Client:
    """A browser in which the member is signed in, or speaks as a guest."""
    browser = Client()
    if member and member.user_id is not None:
        browser.force_login(User.objects.get(pk=member.user_id))
    elif member:
        browser.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
    return browser
