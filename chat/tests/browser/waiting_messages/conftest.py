"""Who sees what is sent."""

import pytest
from playwright.sync_api import Page

from chat.tests.browser.room_page import (
    open_room,
)
from chat.tests.support.servers import Server


@pytest.fixture
def bob(bob_page: Page, server: Server, room: str) -> Page:
    return open_room(bob_page, server, room)
