"""Search: what a member may read, by the words in it."""
