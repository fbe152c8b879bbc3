from chat.protocol import Translatable

TEXTS = {
    "unsupported": Translatable("Pictures can be PNG, JPEG, GIF, WebP, AVIF or HEIC."),
    "bad_picture": Translatable("This picture is damaged. It cannot be shown."),
    "too_many_pixels": Translatable(
        "This picture is too large. It can have 50 million pixels, an animation 200 million."
    ),
    "too_complex": Translatable("This picture takes too much time or memory to process."),
    "no_space": Translatable("The server has no space left. Tell the operator."),
    "failed": Translatable("The server could not process this picture."),
}


class UnusablePicture(Exception):
    """The picture cannot be used: `code` says why to programs, `detail` to people.

    The code is `unsupported`, `bad_picture`, `too_many_pixels`, `too_complex`, `no_space`, or
    `failed`, which is the only one that is logged.
    """

    def __init__(self, code: str) -> None:
        self.code, self.detail = code, TEXTS[code]
        super().__init__(self.detail)
