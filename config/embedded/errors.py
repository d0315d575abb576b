"""What a person reads when the services cannot start: one line, with what to do."""


class CannotStart(Exception):
    """Stops a start. The message is a sentence and a fix; `code` becomes the exit status."""

    def __init__(self, message: str, code: int = 1):
        super().__init__(message)
        self.code = code
