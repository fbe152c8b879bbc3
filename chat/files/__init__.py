"""Files that people send: what they are, and pictures made anew."""
