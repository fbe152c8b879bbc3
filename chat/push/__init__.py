"""Web push: messages on phones and desktops whose page is closed. See docs/push.md.

Hostile from one side: members choose the addresses that pushes go to.
"""
