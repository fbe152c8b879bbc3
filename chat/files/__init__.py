"""Files that people send: what they are, where they are stored, and how they are served."""
