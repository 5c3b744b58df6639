"""Base of the process tests: the node as a child process against a tiny hub."""

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from urllib.request import urlopen

from tiny_hub import API_KEY, KEY_BASE64, SITE_KEY, TRUST_ID, Hub

NODE = Path(__file__).resolve().parent / "trust_node.py"
TIME_SCALE = 0.1


class NodeTest(unittest.TestCase):
    """A fresh hub per test; `start` runs the node as a process, which is gone when the test ends."""

    def setUp(self):
        self.hub = Hub()
        self.addCleanup(self.hub.server_close)
        self.addCleanup(self.hub.shutdown)

    def start(self, **env):
        self.port = free_port()
        complete = {
            "PATH": os.environ.get("PATH", ""),
            "CENTRAL_HUB_API_URL": f"{self.hub.url}/api",
            "TRUST_API_KEY": API_KEY,
            "TRUST_API_KEY_HEADER": "Authorization",
            "AES_KEY_BASE64": KEY_BASE64,
            "TRUST_INTERNAL_SERVICE_KEY": SITE_KEY,
            "DATA_ACCESS_API_URL": f"{self.hub.url}/da",
            "IMAGING_API_URL": f"{self.hub.url}/img",
            "XNAT_URL": f"{self.hub.url}/xnat",
            "OMOP_DB_HOST": "127.0.0.1",
            "OMOP_DB_PORT": str(self.hub.server_port),
            "EXPECTED_TRUST_ID": TRUST_ID,
            "POLL_INTERVAL_SECONDS": "1",
            "FLIPCHECK_TIME_SCALE": str(TIME_SCALE),
            "TRUST_API_PORT": str(self.port),
        }
        command = [sys.executable, str(NODE)]
        chosen = {name: value for name, value in (complete | env).items() if value is not None}
        self.node = subprocess.Popen(command, env=chosen, stdout=subprocess.PIPE)
        self.lines = []
        reader = threading.Thread(target=_read_log, args=(self.node.stdout, self.lines), daemon=True)
        reader.start()
        self.addCleanup(_stop, self.node, reader)

    def logged(self, part):
        return [line for line in list(self.lines) if part in line["message"]]

    def eventually(self, what, probe, secs=15.0):
        deadline = time.monotonic() + secs
        while not (value := probe()):
            if time.monotonic() > deadline:
                last = [line["message"] for line in self.lines][-8:]
                self.fail(f"{what} did not happen within {secs} s; log: {last}")
            time.sleep(0.01)
        return value

    def run_cycles(self, count):
        """Wait for `count` more polls after now."""
        goal = len(self.hub.requests("GET /api/tasks/pending")) + count
        self.eventually(f"{count} more polls", lambda: len(self.hub.requests("GET /api/tasks/pending")) >= goal)

    def only_result(self):
        """The one result, after cycles enough for a second one to show."""
        self.eventually("a result", self.hub.results)
        self.run_cycles(2)
        results = self.hub.results()
        self.assertEqual(len(results), 1)
        return results[0]

    def health(self):
        with urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5) as reply:
            self.assertTrue(reply.headers["x-request-id"])
            return json.load(reply)


def _read_log(stdout, lines):
    for line in stdout:
        lines.append(json.loads(line))


def _stop(node, reader):
    node.kill()
    node.wait()
    reader.join()
    node.stdout.close()


def free_port():
    """A port below the range the system deals by itself, so that nobody is dealt it meanwhile."""
    for port in random.sample(range(20000, 30000), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port between 20000 and 30000")
