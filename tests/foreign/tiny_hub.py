"""A tiny hub with its neighbours for the self-test: one server, one port, scripted answers."""

import base64
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aes
import envelope

TRUST_ID = "ddc08a0b-2804-4903-b6bd-97aa1981d7b0"
OTHER_ID = "c090b27e-f0ad-4cc3-811e-74ba96b9d73e"
PROJECT_ID = "33333333-3333-4333-8333-333333333333"
API_KEY = "planted-trust-api-key-0123456789-abcdefghij"
SITE_KEY = "planted-site-service-key-0123456789-abcdefg"
SQL = "SELECT planted_column FROM person"
KEY = bytes([7]) * 32
KEY_BASE64 = base64.b64encode(KEY).decode()


class Hub(ThreadingHTTPServer):
    """Hub below /api, data-access-api below /da, imaging-api below /img, XNAT below /xnat: all on one port."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _HubHandler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.seen = []
        self.answers = {}  # "METHOD /path" -> (status, body, headers) or a function of the request
        self.identity = {"trust_id": TRUST_ID, "trust_name": "Alpha Hospital"}
        self.fingerprint = envelope.fingerprint(KEY_BASE64)
        self.batches = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, request, client_address):
        """A node that is killed resets its connections."""

    def requests(self, start):
        return [request for request in list(self.seen) if f"{request['method']} {request['path']}".startswith(start)]

    def results(self):
        return [json.loads(request["body"]) for request in self.requests("POST /api/tasks/")]

    def queue(self, task_type, payload, cipher="gcm-context"):
        task = {"id": f"task-{len(self.batches)}", "task_type": task_type, "payload": seal(task_type, payload, cipher)}
        self.batches.append([task])

    def answer(self, request):
        spot = f"{request['method']} {request['path'].partition('?')[0]}"
        scripted = self.answers.get(spot)
        if scripted is not None:
            return scripted(request) if callable(scripted) else scripted
        if spot == "POST /api/trust/heartbeat":
            facts = {"message": "Heartbeat recorded", "hub_version": "v9", "aes_key_fingerprint": self.fingerprint}
            return 200, self.identity | facts, {}
        if spot == "GET /api/tasks/pending":
            return 200, self.identity | {"tasks": self.batches.pop(0) if self.batches else []}, {}
        if spot.startswith("POST /api/"):
            return 200, {"message": "recorded"}, {}
        return 200, {"status": "ok", "version": "v" * 100, "successful": True}, {}


class _HubHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = {"method": self.command, "path": self.path, "headers": self.headers, "body": body}
        request["at"] = time.monotonic()
        self.server.seen.append(request)
        status, reply, headers = self.server.answer(request)
        raw = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, *_):
        pass


def seal(task_type, payload, cipher="gcm-context"):
    """A payload as the hub would seal it; bytes are sealed as they are."""
    plaintext = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    if cipher == "cbc":
        iv = os.urandom(aes.BLOCK_BYTES)
        return base64.b64encode(iv + aes.cbc_seal(aes.Aes256(KEY), iv, plaintext)).decode()
    nonce = os.urandom(aes.NONCE_BYTES)
    sealed = aes.Gcm(KEY).seal(nonce, plaintext, envelope.associated_data("shared", f"task:{task_type}"))
    parts = {"iv": base64.b64encode(nonce).decode(), "ct": base64.b64encode(sealed).decode()}
    return base64.b64encode(json.dumps({"v": 1, "kid": "shared"} | parts).encode()).decode()


def tampered(payload):
    """The same envelope with one bit of its tag flipped."""
    members = json.loads(base64.b64decode(payload))
    sealed = bytearray(base64.b64decode(members["ct"]))
    sealed[-1] ^= 1
    members["ct"] = base64.b64encode(sealed).decode()
    return base64.b64encode(json.dumps(members).encode()).decode()


def cohort_payload():
    ids = {"encrypted_project_id": "sealed", "query_id": "q-1", "query_name": "name", "trust_id": TRUST_ID}
    return ids | {"query": SQL}


def cohort_reply():
    rows = [{"value": 30, "count": 20}, {"value": None, "count": 22}]
    head = {"query_id": "q-1", "trust_id": TRUST_ID, "record_count": 42, "created": "2026-11-21", "suppressed": False}
    return head | {"data": [{"name": "Age Distribution", "results": rows}]}
