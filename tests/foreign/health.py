"""The node's own `GET /health`: its only open port, bound to loopback."""

import json
import socketserver
import uuid
from http.server import BaseHTTPRequestHandler


class HealthServer(socketserver.ThreadingTCPServer):
    """`report` is called for each request and returns the reply as a dict."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port, report):
        self.report = report
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request, client_address):
        """A caller that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "foreign-trust/1"
    sys_version = ""
    timeout = 10

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/health":
            self._answer(200, self.server.report())
        elif path == "/health/":
            self._answer(307, None, {"Location": "/health"})
        else:
            self._answer(404, {"detail": "Not Found"})

    def _refuse(self):
        self.close_connection = True  # a body may follow that nobody reads
        known = self.path.partition("?")[0] == "/health"
        self._answer(405 if known else 404, {"detail": "Method Not Allowed" if known else "Not Found"})

    do_POST = do_PUT = do_DELETE = do_PATCH = _refuse

    def _answer(self, status, body, headers=None):
        raw = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        self.send_response(status)
        if raw:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("x-request-id", str(uuid.uuid4()))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        """Access lines would only repeat what the caller knows."""
