"""The kernel's cost: one `send()` of prebuilt bytes per receiver. Argument: the port.

Speaks just enough WebSocket for the load generator: a handshake, then each client's frame is
unmasked once and sent to all.
"""

import base64
import hashlib
import selectors
import socket
import sys

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


def accept_handshake(connection: socket.socket, request: bytes) -> None:
    key = next(
        line.split(b":", 1)[1].strip()
        for line in request.split(b"\r\n")
        if line.lower().startswith(b"sec-websocket-key")
    )
    accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def unmasked(frame: bytes) -> bytes:
    """A client's text frame of at most 65,535 bytes, as a server sends it: without the mask."""
    start = 2 if frame[1] & 127 < 126 else 4
    mask, payload = frame[start : start + 4], frame[start + 4 :]
    text = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return frame[:1] + bytes([frame[1] & 127]) + frame[2:start] + text


def main() -> None:
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4096)
    ready = selectors.DefaultSelector()
    ready.register(listener, selectors.EVENT_READ)
    clients: set[socket.socket] = set()
    while True:
        for key, _ in ready.select():
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            if connection is listener:
                accepted, _ = listener.accept()
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                ready.register(accepted, selectors.EVENT_READ)
                continue
            received = connection.recv(65536)
            if received.startswith(b"GET "):
                accept_handshake(connection, received)
                clients.add(connection)
            elif received.startswith(b"\x81"):
                prebuilt = unmasked(received)
                for client in clients:
                    client.send(prebuilt)
            else:
                ready.unregister(connection)
                clients.discard(connection)
                connection.close()


if __name__ == "__main__":
    main()
