"""A real HTTP server on this machine that behaves as badly as a test asks."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class ModelServer:
    """What it serves, how it misbehaves, and what it was asked."""

    content: bytes
    etag: str = '"v1"'
    #: Close the connection after this many bytes of the body, for as many requests as are listed.
    break_after: list[int] = field(default_factory=list)
    #: Answer these statuses first.
    statuses: list[int] = field(default_factory=list)
    ignores_range: bool = False
    says_length: int | None = 0  # 0: the truth; None: nothing
    wrong_bytes: bool = False
    redirect: str = ""
    pause_s: float = 0.0
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    address: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def url(self) -> str:
        return f"{self.address}/model.onnx"

    @property
    def bodies(self) -> list[tuple[str, str, dict[str, str]]]:
        return [ask for ask in self.asked if ask[0] == "GET"]

    def answer(self, handler: BaseHTTPRequestHandler, *, with_body: bool) -> None:
        self.asked.append((handler.command, handler.path, dict(handler.headers)))
        if self.redirect and handler.path == "/model.onnx":
            handler.send_response(302)
            handler.send_header("Location", self.redirect)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        if self.statuses:
            handler.send_response(self.statuses.pop(0))
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        body = bytes(255 - b for b in self.content) if self.wrong_bytes else self.content
        start = self._start(handler)
        if start is not None and start >= len(body):
            handler.send_response(416)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        part = body[start or 0 :]
        handler.send_response(200 if start is None else 206)
        if start is not None:
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if self.says_length is not None:
            handler.send_header("Content-Length", str(self.says_length or len(part)))
        if self.etag:
            handler.send_header("ETag", self.etag)
        handler.end_headers()
        if with_body:
            self._send(handler, part)

    def _start(self, handler: BaseHTTPRequestHandler) -> int | None:
        asked = handler.headers.get("Range", "")
        condition = handler.headers.get("If-Range")
        if self.ignores_range or not asked or (condition is not None and condition != self.etag):
            return None
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _send(self, handler: BaseHTTPRequestHandler, part: bytes) -> None:
        limit = self.break_after.pop(0) if self.break_after else len(part)
        with contextlib.suppress(ConnectionError):
            for place in range(0, min(limit, len(part)), 4096):
                handler.wfile.write(part[place : min(place + 4096, limit)])
                if self.pause_s:
                    handler.wfile.flush()
                    threading.Event().wait(self.pause_s)
        handler.close_connection = True


@contextlib.contextmanager
def serving(model: ModelServer) -> Iterator[ModelServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            model.answer(self, with_body=True)

        def do_HEAD(self) -> None:
            model.answer(self, with_body=False)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    model.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
