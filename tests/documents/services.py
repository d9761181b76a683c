"""Europe PMC and PubMed on this machine: a server that speaks their paths and answers with what a test gives it."""

import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

#: Makes the server wait longer than anybody who asks.
HANG = "hang"


class Services:
    """`answers[path]` is a list of answers given one after the other, the last again and again.

    An answer is a status with a body, and with headers if there are three parts, or `HANG`. The path is that of the
    service: "/PMC1/fullTextXML", "/search?DOI:...", "/efetch?1".
    """

    def __init__(self) -> None:
        self.answers: dict[str, list] = {}
        self.asked: list[tuple[float, str]] = []
        self._given: dict[str, int] = defaultdict(int)
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                services._answer(self)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for _, path in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = parse_qs(parts.query)
        path = parts.path
        if path == "/search":
            path = f"/search?{query['query'][0]}"
        elif path == "/efetch.fcgi":
            path = f"/efetch?{query['id'][0]}"
        self.asked.append((time.monotonic(), path))
        answers = self.answers.get(path, [(404, b"")])
        answer = answers[min(self._given[path], len(answers) - 1)]
        self._given[path] += 1
        if answer == HANG:
            time.sleep(1.5)
            return
        status, body, *headers = answer
        handler.send_response(status)
        for name, value in (headers[0] if headers else {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
