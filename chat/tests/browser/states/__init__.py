"""The states of the pages: each function brings a page into the state of its name.

The functions of a list run one after the other on the same page, in the order of these imports. A
new function in a list is checked by test_accessibility.py.
"""

from chat.tests.browser.states import conversation, outside, panels
from chat.tests.browser.states.conversation import post_conversation
from chat.tests.browser.states.lists import LONG, OUTSIDE, PHONE, ROOM, State
from chat.tests.browser.states.opening import leave_state, open_people
from chat.tests.browser.states.panels import help_dialog, share_dialog, topic_dialog

__all__ = [
    "LONG",
    "OUTSIDE",
    "PHONE",
    "ROOM",
    "State",
    "conversation",
    "help_dialog",
    "leave_state",
    "open_people",
    "outside",
    "panels",
    "post_conversation",
    "share_dialog",
    "topic_dialog",
]
