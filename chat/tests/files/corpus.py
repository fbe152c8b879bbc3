"""Files as people and attackers send them, made in code."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

pillow_heif.register_heif_opener()

FORMATS = {  # by MIME type, Pillow's name
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
}
ANIMATED = ["image/png", "image/gif", "image/webp", "image/avif"]
WITH_ORIENTATION = ["image/png", "image/jpeg", "image/webp", "image/avif", "image/heic"]
ORIENTATIONS = range(1, 9)
DURATIONS = [100, 250, 400]  # milliseconds of the frames of animations
LOOPS = 3

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 230), (250, 250, 250)
CORNERS = [RED, GREEN, BLUE, WHITE]  # top left, top right, bottom left, bottom right
SIZE = (64, 48)
MARKER = "lobby-secret"  # in all metadata; nothing that is served has it
PLACE = (48.0, 8.0, 11.5)  # degrees, minutes, seconds

NAMES = [
    "holiday.jpg",
    "Übergröße.png",
    "Ελλάδα.pdf",
    "отпуск.jpg",
    "假期照片.png",
    "休暇の写真.heic",
    "휴가.gif",
    "חופשה.webp",
    "إجازة.mp4",
    "छुट्टी.txt",
    "วันหยุด.zip",
    "დღესასწაული.docx",
    "👩‍👩‍👧 at the beach 🏖️.jpg",
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/shadow",
    'a"; filename="evil.html',
    "it's 100%25.txt",
    "line\nbreak.txt",
    "header\r\nSet-Cookie: a=b\r\n.txt",
    "nul\0.jpg",
    "invoice\u202egpj.exe",  # shown as invoiceexe.jpg
    "semi;colon,comma.csv",
    " spaces .txt ",
    ".htaccess",
    ".",
    "..",
    "",
    "CON",
    "e\u0301.txt",  # a letter in two characters
    "x" * 300 + ".png",
    "no extension",
]


def drawn(size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture with another colour in each quarter, so that it shows how it was turned."""
    width, height = size
    picture = Image.new("RGB", size)
    for number, colour in enumerate(CORNERS):
        left, top = number % 2 * width // 2, number // 2 * height // 2
        picture.paste(colour, (left, top, left + width // 2, top + height // 2))
    return picture


def encoded(picture: Image.Image, type: str, **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, FORMATS[type], **options)
    return file.getvalue()


def plain(type: str, size: tuple[int, int] = SIZE) -> bytes:
    """A picture of this type without anything special."""
    return encoded(drawn(size), type)


def photo(size: tuple[int, int]) -> Image.Image:
    """Something with detail, as cameras make."""
    noise = Image.effect_noise(size, 40)
    gradient = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", (noise, gradient, gradient.transpose(Image.Transpose.ROTATE_180)))


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: the camera, words of the owner, the place."""
    data = Image.Exif()
    data[ExifTags.Base.Make] = f"{MARKER} camera"
    data[ExifTags.Base.Artist] = f"{MARKER} owner"
    data[ExifTags.Base.ImageDescription] = f"{MARKER} description"
    data[ExifTags.Base.Orientation] = orientation
    data.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: PLACE,
            ExifTags.GPS.GPSAreaInformation: f"{MARKER} home".encode(),
        }
    )
    return data


def oriented(type: str, orientation: int) -> bytes:
    """As cameras make it: a HEIC has a box for it as well, which pillow-heif writes for bytes."""
    return encoded(drawn(), type, exif=exif(orientation).tobytes())


def xmp() -> bytes:
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MARKER} xmp</x:xmpmeta>".encode()


def profile(name: str = f"{MARKER} profile") -> bytes:
    """A colour profile that is sRGB by another name."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = data.index("sRGB built-in".encode("utf-16-be"))
    words = name[:13].encode("utf-16-be")
    data[at : at + len(words)] = words
    return bytes(data)


def texts_of_png() -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", f"{MARKER} text")
    texts.add_text("Author", f"{MARKER} compressed text", zip=True)
    texts.add_itxt("Title", f"{MARKER} international text")
    return texts


def comment_segment(words: bytes) -> bytes:
    return b"\xff\xfe" + struct.pack(">H", len(words) + 2) + words


def photoshop_segment() -> bytes:
    """The author by IPTC, in a resource of Photoshop."""
    author = f"{MARKER} iptc".encode()
    dataset = b"\x1c\x02\x50" + struct.pack(">H", len(author)) + author
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(dataset)) + dataset
    body = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def after_start_of_jpeg(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def full_of_metadata(type: str) -> bytes:
    """Everything in which this format can tell on its sender, and more behind its end."""
    options: dict[str, dict[str, Any]] = {
        "image/png": {"exif": exif(), "icc_profile": profile(), "pnginfo": texts_of_png()},
        "image/jpeg": {"exif": exif(), "icc_profile": profile(), "xmp": xmp()},
        "image/gif": {"comment": f"{MARKER} comment".encode()},
        "image/webp": {"exif": exif(), "icc_profile": profile(), "xmp": xmp()},
        "image/avif": {"exif": exif(), "icc_profile": profile(), "xmp": xmp()},
        "image/heic": {"exif": exif().tobytes(), "icc_profile": profile(), "xmp": xmp()},
    }
    file = encoded(drawn(), type, **options[type])
    if type == "image/jpeg":
        words = f"{MARKER} comment".encode()
        file = after_start_of_jpeg(file, comment_segment(words), photoshop_segment())
    return file + f"{MARKER} behind the end".encode()


def animated(type: str, durations: list[int] = DURATIONS) -> bytes:
    """As many frames as durations: the picture, then its colours turned on."""
    quarter_turns = [drawn((48, 48)).rotate(90 * number) for number in range(len(durations))]
    options: dict[str, Any] = {} if type == "image/avif" else {"loop": LOOPS}
    if type == "image/webp":
        options["lossless"] = True
    first, *others = quarter_turns
    return encoded(first, type, save_all=True, append_images=others, duration=durations, **options)


def animated_with_holes() -> bytes:
    """A GIF in which something moves before nothing."""
    frames = []
    for left in (0, 16, 32):
        frame = Image.new("RGBA", (48, 48), (0, 0, 0, 0))
        frame.paste((*RED, 255), (left, 0, left + 16, 48))
        frames.append(frame)
    first, *others = frames
    return encoded(
        first, "image/gif", save_all=True, append_images=others, duration=100, loop=0, disposal=2
    )


def with_further_picture() -> bytes:
    """A JPEG with another one in it, as phones store depth or brightness."""
    file = BytesIO()
    drawn().save(file, "MPO", save_all=True, append_images=[drawn().rotate(180)])
    return file.getvalue()


def cmyk() -> bytes:
    return encoded(drawn().convert("CMYK"), "image/jpeg")


def grey_16_bits() -> bytes:
    """A PNG that is dark to the left and bright to the right."""
    steps = b"".join(struct.pack("<H", x * 1_024) for x in range(64))
    return encoded(Image.frombytes("I;16", SIZE, steps * SIZE[1]), "image/png")


def rgb_16_bits() -> bytes:
    """A PNG with more bits than Pillow can write."""
    row = b"\0" + struct.pack(">HHH", *(value * 257 for value in RED)) * 8
    return png(8, 8, bit_depth=16, colour_type=2, pixels=row * 8)


def grey_with_alpha() -> bytes:
    picture = Image.linear_gradient("L").resize(SIZE)
    picture.putalpha(picture.transpose(Image.Transpose.ROTATE_90).resize(SIZE))
    return encoded(picture, "image/png")


def with_palette_and_hole() -> bytes:
    picture = drawn().quantize(8)
    return encoded(picture, "image/png", transparency=picture.getpixel((0, 0)))


def in_other_colours() -> bytes:
    """A JPEG whose profile says that its red is what others call green, and the other way round."""
    swapped = drawn().convert("RGB")
    red, green, blue = swapped.split()
    data = bytearray(profile())
    tags = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * data[131], 12)}
    of_red, of_green = tags[b"rXYZ"], tags[b"gXYZ"]
    places = bytes(data[of_red + 4 : of_red + 8]), bytes(data[of_green + 4 : of_green + 8])
    data[of_green + 4 : of_green + 8], data[of_red + 4 : of_red + 8] = places
    return encoded(
        Image.merge("RGB", (green, red, blue)),
        "image/jpeg",
        icc_profile=bytes(data),
        quality=95,
        subsampling=0,
    )


def truncated(type: str) -> bytes:
    whole = encoded(photo((400, 300)), type)
    return whole[: len(whole) // 2]


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, bit_depth: int, colour_type: int, pixels: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(pixels, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def bombs() -> dict[str, bytes]:
    """Small files that become huge."""
    jpeg = bytearray(plain("image/jpeg"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    gif = bytearray(plain("image/gif"))
    gif[6:10] = struct.pack("<HH", 65_535, 65_535)
    lossless = bytearray(encoded(drawn(), "image/webp", lossless=True))
    lossless[21:25] = struct.pack("<I", 0x0FFF_FFFF)
    return {
        "a PNG of 3 GB of zeros": png(30_000, 30_000, 8, 2, bytes(1_000_000)),
        "a PNG that is all there": png(20_000, 20_000, 1, 0, bytes(2_501 * 20_000)),
        "a PNG wider than anything": png(2**31 - 1, 1, 1, 0, b"\0"),
        "a JPEG": bytes(jpeg),
        "a GIF": bytes(gif),
        "a WebP": bytes(lossless),
        "a GIF with many frames": many_frames(),
    }


def many_frames() -> bytes:
    """A GIF with a frame of nothing, again and again, on a large canvas."""
    frame = b"\x21\xf9\x04\0\x01\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    header = b"GIF89a" + struct.pack("<HH", 4_000, 4_000) + b"\x80\0\0" + bytes(3) + b"\xff" * 3
    return header + frame * 5_000 + b";"


def huge_text_in_png() -> bytes:
    """A PNG with 100 MB of compressed metadata."""
    whole = plain("image/png")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9))
    return whole[:33] + text + whole[33:]


SCRIPT = b"alert('lobby-secret')"
PAGE = b"<html><script>alert('lobby-secret')</script></html>"


def polyglots() -> dict[str, tuple[str, bytes]]:
    """Files that are two things at once: what they begin as, and their bytes."""
    gif = plain("image/gif")
    pdf = b"%PDF-1.4\n% lobby-secret\n1 0 obj\n<<>>\nendobj\n"
    jpeg = plain("image/jpeg")
    return {
        "a GIF that is JavaScript": ("image/gif", gif + b"*/=1;" + SCRIPT),
        "a GIF whose size is a comment": ("image/gif", b"GIF89a/*" + gif[8:] + b"*/=1;" + SCRIPT),
        "HTML in a comment of a JPEG": (
            "image/jpeg",
            after_start_of_jpeg(jpeg, comment_segment(PAGE)),
        ),
        "a PNG with HTML behind it": ("image/png", plain("image/png") + PAGE),
        "a JPEG that is a ZIP": ("image/jpeg", jpeg + b"PK\x03\x04lobby-secret"),
        "a PDF behind a picture": ("image/jpeg", jpeg + pdf),
        "a WebP with PHP": ("image/webp", plain("image/webp") + b"<?php lobby-secret ?>"),
    }


def liars() -> dict[str, bytes]:
    """What begins as a picture, and is none."""
    return {
        "a PDF with the header of a PNG": b"\x89PNG\r\n\x1a\n%PDF-1.4\n",
        "HTML with the header of a GIF": b"GIF89a" + PAGE,
        "HTML with the header of a JPEG": b"\xff\xd8\xff" + PAGE,
        "a video with the brand of AVIF": b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + bytes(500),
        "a video with the brand of HEIC": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(500),
        "RIFF of nothing": b"RIFF\0\0\0\0WEBPVP8 " + bytes(500),
    }
