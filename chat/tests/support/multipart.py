"""Forms with a file, as browsers send them."""

BOUNDARY = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"
CONTENT_TYPE = b"multipart/form-data; boundary=" + BOUNDARY


def form_body(*parts: bytes) -> bytes:
    return b"".join(b"--%b\r\n%b\r\n" % (BOUNDARY, it) for it in parts) + b"--%b--\r\n" % BOUNDARY


def field(name: bytes, value: bytes) -> bytes:
    return b'Content-Disposition: form-data; name="%b"\r\n\r\n%b' % (name, value)


def file(data: bytes, name: bytes = b"a.png", type: bytes = b"image/png") -> bytes:
    head = b'Content-Disposition: form-data; name="file"; filename="%b"\r\nContent-Type: %b\r\n\r\n'
    return head % (name, type) + data
