class Refused(Exception):
    """The picture is not taken. `code` says why: `chat.files.pictures` has the texts."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
