"""What a file is by its first bytes: MIME types by signature.

A table of our own, because libraries guess from weak signs (footers, single brands), and a file
must never become more than what it begins with. It imports nothing: every picture worker loads it.
"""

HEAD_BYTES = 8_192  # what is read of a file to know its type

ZIP = "application/zip"
OLE = "application/x-ole-storage"
LATER = (  # signatures that follow something variable
    (4, b"1AY&SY", "application/x-bzip2"),
    (6, b"\0\0\0\0\x36\0\0\0", "image/bmp"),
    (8, b"AIFF", "audio/aiff"),
    (8, b"AIFC", "audio/aiff"),
    (257, b"ustar", "application/x-tar"),
)

BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"fLaC", "audio/flac"),
    (b"ID3\x02", "audio/mpeg"),
    (b"ID3\x03", "audio/mpeg"),
    (b"ID3\x04", "audio/mpeg"),
    (b"MThd\0\0\0\x06", "audio/midi"),
    (b"FLV\x01", "video/x-flv"),
    (b"\0\0\x01\xba", "video/mpeg"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"OTTO", "font/otf"),
    (b"\0\x01\0\0\0", "font/ttf"),
)
RIFF_FORMS = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
OGG_CODECS = (
    (b"OpusHead", "audio/ogg"),
    (b"\x01vorbis", "audio/ogg"),
    (b"\x7fFLAC", "audio/ogg"),
    (b"\x80theora", "video/ogg"),
    (b"fishead\0", "video/ogg"),
)
EBML = b"\x1a\x45\xdf\xa3"
WEBM_VIDEO_CODECS = (b"V_VP8", b"V_VP9", b"V_AV1")
WEBM_AUDIO_CODECS = (b"A_OPUS", b"A_VORBIS")

# Brands of ISO base media files (mp4ra.org). The major brand decides, or else the first known one.
BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "image/heic"),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P "), "audio/mp4"),
    **dict.fromkeys((b"qt  ",), "video/quicktime"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3g2a"), "video/3gpp"),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42"), "video/mp4"),
    **dict.fromkeys((b"avc1", b"dash", b"M4V ", b"M4VH", b"M4VP", b"MSNV"), "video/mp4"),
}


def type_of(head: bytes) -> str | None:
    """Return the MIME type of a file that begins with `head`; None for text and the unknown."""
    return _beginning(head) or _container(head) or _mpeg_audio(head) or _later(head)


def _beginning(head: bytes) -> str | None:
    types = (type for signature, type in BEGINNINGS if head.startswith(signature))
    return next(types, None)


def _container(head: bytes) -> str | None:
    """Return the type of what is in a container of many types."""
    if head.startswith(b"RIFF"):
        return RIFF_FORMS.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head.startswith(b"OggS\0"):
        return _ogg(head)
    if head.startswith(EBML):
        return _matroska(head)
    return None


def _iso_media(head: bytes) -> str | None:
    end = min(int.from_bytes(head[:4]), 256)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
    return next((BRANDS[brand] for brand in brands if brand in BRANDS), None)


def _ogg(head: bytes) -> str:
    """The first packet names the codec; it follows a table of `head[26]` lengths (RFC 3533)."""
    packet = head[27 + head[26] :] if len(head) > 26 else b""
    types = (type for codec, type in OGG_CODECS if packet.startswith(codec))
    return next(types, "application/ogg")


def _matroska(head: bytes) -> str:
    if b"\x42\x82\x84webm" not in head[:64]:
        return "video/x-matroska"
    has_video = any(codec in head for codec in WEBM_VIDEO_CODECS)
    has_audio = any(codec in head for codec in WEBM_AUDIO_CODECS)
    return "audio/webm" if has_audio and not has_video else "video/webm"


def _mpeg_audio(head: bytes) -> str | None:
    """A frame header of MPEG audio has 11 set bits, and values that are reserved."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer, bitrate, sampling = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    if layer == 0:  # ADTS
        return "audio/aac" if head[1] & 0xF0 == 0xF0 and head[2] >> 2 & 15 < 13 else None
    is_mp3 = layer == 1 and bitrate not in (0, 15) and sampling != 3 and head[1] >> 3 & 3 != 1
    return "audio/mpeg" if is_mp3 else None


def _later(head: bytes) -> str | None:
    types = (type for offset, signature, type in LATER if head.startswith(signature, offset))
    return next(types, None)
