"""Start, end, heartbeat, poll and identity."""

import json
import signal
import threading
import time

from node_process import NodeTest
from tiny_hub import API_KEY, OTHER_ID, cohort_payload


class Configuration(NodeTest):
    def test_a_missing_variable_ends_with_1_and_no_request(self):
        names = ("CENTRAL_HUB_API_URL", "TRUST_API_KEY", "TRUST_API_KEY_HEADER", "AES_KEY_BASE64")
        for name in names:
            with self.subTest(name):
                self.start(**{name: None})
                self.assertEqual(self.node.wait(10), 1)
                self.eventually("one clear line", lambda: self.logged(name))
                self.assertEqual(len(self.lines), 1)
        self.assertEqual(self.hub.seen, [])

    def test_invalid_values_end_with_1(self):
        for name, value in {
            "ENV": "staging",
            "POLL_INTERVAL_SECONDS": "soon",
            "FLIPCHECK_EDITION": "2020.01",
            "FOREIGN_BUGS": "no-such-bug",
        }.items():
            with self.subTest(name):
                self.start(**{name: value})
                self.assertEqual(self.node.wait(10), 1)
        self.assertEqual(self.hub.seen, [])

    def test_sigterm_ends_at_once_also_inside_a_call(self):
        release = threading.Event()
        self.addCleanup(release.set)
        self.hub.answers["POST /da/cohort"] = lambda _: (release.wait(30), (200, {}, {}))[1]
        self.hub.queue("cohort_query", cohort_payload())
        self.start(FLIPCHECK_TIME_SCALE="1")
        self.eventually("the local call", lambda: self.hub.requests("POST /da/cohort"))
        started = time.monotonic()
        self.node.send_signal(signal.SIGTERM)
        self.assertEqual(self.node.wait(5), 0)
        self.assertLess(time.monotonic() - started, 0.5)
        self.assertEqual(self.hub.results(), [])


class Loop(NodeTest):
    def test_first_heartbeat_is_bodyless_then_poll_then_a_snapshot(self):
        self.start()
        beats = "POST /api/trust/heartbeat"
        beat = self.eventually("a snapshot", lambda: [r for r in self.hub.requests(beats) if r["body"]])[0]
        first, second = [r for r in self.hub.seen if r["path"].startswith("/api/")][:2]
        self.assertEqual(first["path"], "/api/trust/heartbeat")
        self.assertEqual((first["headers"]["Content-Length"], first["headers"]["Content-Type"]), ("0", None))
        self.assertEqual(first["headers"]["Authorization"], API_KEY)
        self.assertEqual(first["headers"]["Accept-Encoding"], "gzip, deflate")
        self.assertEqual(second["path"], "/api/tasks/pending")
        self.assertEqual(beat["headers"]["Content-Type"], "application/json")
        services = json.loads(beat["body"])["services"]
        self.assertEqual(list(services), ["trust-api", "imaging-api", "data-access-api", "xnat", "dicom", "omop"])
        self.assertEqual({entry["status"] for entry in services.values()}, {"healthy"})
        self.assertEqual(services["imaging-api"]["version"], "v" * 64)
        self.assertIsInstance(services["omop"]["response_ms"], int)
        self.assertEqual(len(self.logged("Authenticated to hub as trust 'Alpha Hospital'")), 1)
        self.assertTrue(self.logged(f'HTTP Request: GET {self.hub.url}/api/tasks/pending "HTTP/1.1 200 OK"'))

    def test_health_tells_what_the_hub_said(self):
        self.start(FLIP_RELEASE="v1.2.3")
        self.run_cycles(1)
        own = {"status": "ok", "version": "v1.2.3", "dead_tasks": []}
        facts = {"hub_version": "v9", "hub_key_match": True, "hub_key_fingerprint": self.hub.fingerprint}
        self.assertEqual(self.health(), own | facts)
        self.hub.answers["POST /api/trust/heartbeat"] = (401, {"detail": "Invalid API Key."}, {})
        self.run_cycles(2)
        self.assertEqual(self.health(), own | dict.fromkeys(facts))
        self.assertTrue(self.logged("Heartbeat rejected by hub: HTTP 401"))

    def test_a_foreign_key_fingerprint_is_warned_about_once(self):
        self.hub.fingerprint = "000000000000"
        self.start()
        self.run_cycles(4)
        self.assertEqual(len(self.logged("This trust's AES key differs from the hub's")), 1)
        self.assertIs(self.health()["hub_key_match"], False)

    def test_a_refused_snapshot_is_repeated_once_without_body(self):
        def heartbeat(request):
            return (422, {"detail": []}, {}) if request["body"] else (200, self.hub.identity, {})

        self.hub.answers["POST /api/trust/heartbeat"] = heartbeat
        self.start()
        self.eventually("a rejection", lambda: self.logged("Hub rejected health snapshot (HTTP 422)"))
        self.run_cycles(3)
        paths = [(r["path"], bool(r["body"])) for r in self.hub.seen if r["path"].startswith("/api/")]
        with_body = [i for i, (_, body) in enumerate(paths[:-2]) if body]
        self.assertTrue(with_body)
        for i in with_body:
            self.assertEqual(paths[i + 1 : i + 3], [("/api/trust/heartbeat", False), ("/api/tasks/pending", False)])

    def test_2026_06_sends_no_body_and_tells_only_its_status(self):
        self.start(FLIPCHECK_EDITION="2026.06")
        self.run_cycles(4)
        self.assertEqual({r["body"] for r in self.hub.requests("POST /api/trust/heartbeat")}, {b""})
        self.assertEqual(self.health(), {"status": "ok"})
        self.assertEqual(self.hub.requests("GET /img"), [])

    def test_refusals_and_garbage_do_not_end_the_loop(self):
        self.start()
        bodies = [(204, b""), (429, {}), (200, b"<html>"), (200, []), (200, {"tasks": None}), (301, b"")]
        for answer in [(status, body, {"Location": "/api/elsewhere"}) for status, body in bodies]:
            self.hub.answers["GET /api/tasks/pending"] = answer
            self.run_cycles(2)
        del self.hub.answers["GET /api/tasks/pending"]
        self.hub.queue("no_such_type", {})
        self.assertFalse(self.only_result()["success"])
        self.assertEqual(self.hub.requests("GET /api/elsewhere"), [])

    def test_a_foreign_identity_ends_with_2_before_any_poll(self):
        self.hub.identity = {"trust_id": OTHER_ID, "trust_name": "Beta Hospital"}
        self.start()
        self.assertEqual(self.node.wait(10), 2)
        self.eventually("the reason", lambda: self.logged("Wrong kit deployed to this host? Exiting."))
        self.assertEqual(self.hub.requests("GET /api/tasks"), [])

    def test_a_foreign_identity_in_the_poll_reply_ends_with_2_before_its_task(self):
        self.hub.identity = {"trust_id": OTHER_ID, "trust_name": "Beta Hospital"}
        self.hub.answers["POST /api/trust/heartbeat"] = (200, b"", {})
        self.hub.queue("no_such_type", {})
        self.start()
        self.assertEqual(self.node.wait(10), 2)
        self.assertEqual(self.hub.results(), [])
