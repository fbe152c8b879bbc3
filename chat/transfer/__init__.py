"""Leaving and arriving: exports of Lobby, and imports of these and of other chats' exports."""
