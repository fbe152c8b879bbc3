"""Files that people send: what they are, where their bytes are, how they are served."""
