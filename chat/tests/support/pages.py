"""Requests to Lobby's pages with a member's cookie."""

from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.http.response import HttpResponseBase
from django.test import AsyncClient

from chat.models import Member
from chat.web import guests


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
    client.cookies[guests.COOKIE] = guests.sign(member.uid)
    return client
