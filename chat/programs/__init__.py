"""Programs: whatever speaks as a member by a token, and not by a browser's cookies."""
