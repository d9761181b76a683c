"""Requests as no browser sends them: byte by byte, and with names that no client would write."""

import socket
from contextlib import contextmanager

BOUNDARY = "----between"


def multipart(*files, **fields):
    """A body with these files under exactly these names, and its type."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, data in files:
        shown = name.replace("\\", "\\\\").replace('"', "%22").encode()
        parts.append(
            f"--{BOUNDARY}\r\n".encode()
            + b'Content-Disposition: form-data; name="files"; filename="'
            + shown
            + b'"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n"
        )
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"
    }


@contextmanager
def connected(site):
    """A socket to the service."""
    host, port = site.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as opened:
        yield opened


def heard(opened):
    """Everything that is answered until the service closes the connection."""
    told = b""
    while True:
        try:
            data = opened.recv(65536)
        except ConnectionResetError:
            return told
        if not data:
            return told
        told += data


def chunks(size, *, first=b"", letter=b" "):
    """A body of unknown length, sent in pieces."""
    yield first
    for _ in range(size // 65536 + 1):
        yield letter * 65536
