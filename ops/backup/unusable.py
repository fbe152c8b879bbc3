"""Why an archive cannot be used."""


class Unusable(Exception):
    """The text is one line, and goes on from “FILE cannot be used:”."""
