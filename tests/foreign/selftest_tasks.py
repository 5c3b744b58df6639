"""Task types, their results, and the bugs that can be planted."""

import base64
import json

import envelope
from node_process import TIME_SCALE, NodeTest
from tiny_hub import (
    API_KEY,
    KEY_BASE64,
    OTHER_ID,
    PROJECT_ID,
    SITE_KEY,
    SQL,
    TRUST_ID,
    Hub,
    cohort_payload,
    cohort_reply,
    seal,
    tampered,
)


class Tasks(NodeTest):
    def test_each_type_makes_its_call_and_reports(self):
        reply = {"answer": "grüße"}
        imaging = {"imaging_project_id": PROJECT_ID}
        query = imaging | {"encoded_query": "U0VMRUNU=="}
        retrieval = f"{PROJECT_ID}?encoded_query=U0VMRUNU%3D%3D"
        create = {"project_id": "p", "trust_id": TRUST_ID, "project_name": "n", "query": SQL, "extra": 1}
        profile = {"email": "a@example.org", "enabled": False}
        persist = cohort_payload() | {"project_id": PROJECT_ID}
        snapshot = {name: persist[name] for name in ("encrypted_project_id", "query")}
        rows = [
            ("create_imaging", create, "POST /img/projects/create-project-from-central-hub-project", create, reply),
            ("delete_imaging", imaging, f"DELETE /img/projects/{PROJECT_ID}", None, None),
            ("get_imaging_status", query, f"GET /img/retrieval/import_status_count/{retrieval}", None, reply),
            ("reimport_studies", query, f"PUT /img/retrieval/reimport_imaging_project_studies/{retrieval}", None, None),
            ("update_user_profile", profile, "PUT /img/users", profile, None),
            ("persist_cohort", persist, "POST /da/cohort/snapshot", snapshot, reply),
        ]
        for task_type, payload, call, _, _ in rows:
            self.hub.answers[call.partition("?")[0]] = (200, reply, {})
            self.hub.queue(task_type, payload)
        self.start()
        self.eventually("all results", lambda: len(self.hub.results()) >= len(rows))
        for (task_type, _, call, body, returned), result in zip(rows, self.hub.results(), strict=True):
            with self.subTest(task_type):
                (request,) = self.hub.requests(call)
                self.assertEqual(json.loads(request["body"] or b"null"), body)
                self.assertEqual(request["headers"]["X-Trust-Internal-Service-Key"], SITE_KEY)
                self.assertIsNone(request["headers"]["Authorization"])
                self.assertEqual(set(result), {"success", "result"})
                self.assertIs(result["success"], True)
                self.assertEqual(result["result"] and json.loads(result["result"]), returned)
        (request,) = self.hub.requests("POST /da/cohort/snapshot")
        self.assertEqual(request["headers"]["X-Cohort-Admin-Key"], envelope.cohort_admin_proof(KEY_BASE64))

    def test_cohort_counts_reach_the_hub_as_text(self):
        self.hub.answers["POST /da/cohort"] = (200, cohort_reply(), {})
        self.hub.queue("cohort_query", cohort_payload() | {"extra": [1]})
        self.start()
        self.assertEqual(self.only_result(), {"success": True, "result": None})
        (local,), (counts,) = self.hub.requests("POST /da/cohort"), self.hub.requests("POST /api/cohort/results")
        self.assertEqual(json.loads(local["body"]), cohort_payload() | {"extra": [1]})
        values = [row["value"] for row in json.loads(counts["body"])["data"][0]["results"]]
        self.assertEqual(values, ["30", "None"])
        self.assertEqual(counts["headers"]["Authorization"], API_KEY)

    def test_a_failed_cohort_query_leaves_an_error_record_and_a_failed_result(self):
        self.hub.answers["POST /da/cohort"] = (500, {"detail": "query_failed"}, {})
        self.hub.queue("cohort_query", cohort_payload())
        self.start()
        result = self.only_result()
        self.assertFalse(result["success"])
        self.assertEqual(json.loads(result["result"]), {"error": '500: {"detail": "query_failed"}'})
        (record,) = [json.loads(r["body"]) for r in self.hub.requests("POST /api/cohort/results")]
        self.assertEqual((record["query_id"], record["trust_id"]), ("q-1", TRUST_ID))
        self.assertEqual((record["record_count"], record["data"], record["error"]), (0, [], "500: query_failed"))

    def test_counts_that_the_hub_refuses_are_no_success(self):
        self.hub.answers["POST /da/cohort"] = (200, cohort_reply(), {})
        self.hub.answers["POST /api/cohort/results"] = (500, {"detail": "no"}, {})
        self.hub.queue("cohort_query", cohort_payload())
        self.start()
        self.assertFalse(self.only_result()["success"])
        self.assertTrue(self.logged("Failed to report cohort error to hub"))

    def test_the_key_follows_no_redirect_to_another_origin(self):
        other = Hub()
        self.addCleanup(other.server_close)
        self.addCleanup(other.shutdown)
        self.hub.answers["POST /da/cohort"] = (200, cohort_reply(), {})
        self.hub.answers["POST /api/cohort/results"] = (307, {}, {"Location": f"{other.url}/api/cohort/results"})
        self.hub.queue("cohort_query", cohort_payload())
        self.start(TRUST_API_KEY_HEADER="X-Trust-API-Key")
        self.assertFalse(self.only_result()["success"])
        self.assertEqual(other.seen, [])

    def test_a_redirect_within_the_origin_is_followed(self):
        self.hub.answers["POST /da/cohort"] = (200, cohort_reply(), {})
        self.hub.answers["POST /api/cohort/results"] = (307, b"", {"Location": "/api/cohort/moved"})
        self.hub.queue("cohort_query", cohort_payload())
        self.start()
        self.assertTrue(self.only_result()["success"])
        self.assertEqual(len(self.hub.requests("POST /api/cohort/moved")), 1)

    def test_local_refusals_and_empty_replies_fail_the_task(self):
        spot = f"GET /img/retrieval/import_status_count/{PROJECT_ID}"
        payload = {"imaging_project_id": PROJECT_ID, "encoded_query": "x"}
        answers = [
            ((404, b"gone", {}), {"error": "404: gone", "status_code": 404}),
            ((418, b"", {}), {"error": "503: External API error", "status_code": 503}),
            ((204, b"", {}), {"error": "502: External API returned non-JSON response", "status_code": 502}),
        ]
        scripted = iter([answer for answer, _ in answers])
        self.hub.answers[spot] = lambda _: next(scripted)
        for _ in answers:
            self.hub.queue("get_imaging_status", payload)
        self.start()
        self.eventually("all results", lambda: len(self.hub.results()) >= len(answers))
        for (_, expected), result in zip(answers, self.hub.results(), strict=True):
            self.assertEqual((result["success"], json.loads(result["result"])), (False, expected))

    def test_payloads_that_do_not_open_name_the_reason(self):
        name = "update_user_profile"
        good = seal(name, {"email": "a@example.org", "enabled": True})
        no_json, wrong = seal(name, b"nonsense"), seal(name, {"email": 1})
        rows = [
            ("no_such_type", good, "Unknown task type: no_such_type"),
            ("delete_imaging", good, "Invalid payload: failed authentication"),
            (name, tampered(good), "Invalid payload: failed authentication"),
            (name, None, "Invalid payload: Payload is not a FLIP encryption envelope"),
            (name, no_json, "Invalid payload: Expecting value: line 1 column 1 (char 0)"),
            (name, wrong, "Invalid payload: enabled: field required; email: value has the wrong form"),
        ]
        batch = [{"id": f"t{i}", "task_type": kind, "payload": text} for i, (kind, text, _) in enumerate(rows)]
        self.hub.batches = [batch]
        self.start()
        self.eventually("all results", lambda: len(self.hub.results()) >= len(rows))
        for (_, _, text), result in zip(rows, self.hub.results(), strict=True):
            self.assertEqual((result["success"], json.loads(result["result"])), (False, {"error": text}))
        self.assertEqual(self.hub.requests("PUT /img"), [])

    def test_a_short_key_fails_tasks_but_not_the_node(self):
        self.hub.queue("update_user_profile", {"email": "a", "enabled": True})
        self.start(AES_KEY_BASE64=base64.b64encode(bytes(16)).decode())
        error = json.loads(self.only_result()["result"])["error"]
        self.assertEqual(error, "Invalid payload: AES key must be 32 bytes (AES-256-GCM), got 16")
        self.assertTrue(self.logged("Cannot fingerprint this trust's AES key"))

    def test_2026_06_opens_cbc_and_refuses_what_does_not_open(self):
        self.hub.queue("update_user_profile", {"email": "a@example.org", "enabled": True}, cipher="cbc")
        self.hub.queue("update_user_profile", {"email": "a@example.org", "enabled": True}, cipher="gcm-context")
        self.hub.queue("persist_cohort", cohort_payload(), cipher="cbc")
        self.start(FLIPCHECK_EDITION="2026.06")
        self.eventually("three results", lambda: len(self.hub.results()) >= 3)
        self.assertEqual([result["success"] for result in self.hub.results()], [True, False, False])
        self.assertEqual(len(self.hub.requests("PUT /img/users")), 1)

    def test_a_malformed_entry_costs_no_other_entry(self):
        def task(name):
            return {"id": name, "task_type": "x", "payload": ""}

        self.hub.batches = [[task("a"), "junk", None, {}, task("b")]]
        self.start()
        self.eventually("three results", lambda: len(self.hub.results()) >= 3)
        paths = [request["path"] for request in self.hub.requests("POST /api/tasks/")]
        self.assertEqual(paths, [f"/api/tasks/{name}/result" for name in ("a", "unknown", "b")])

    def test_a_report_is_tried_three_times_and_then_dropped(self):
        self.hub.answers["POST /api/tasks/task-0/result"] = (500, {}, {})
        self.hub.queue("x", {})
        self.hub.queue("x", {})
        self.start()
        self.eventually("the next task", lambda: self.hub.requests("POST /api/tasks/task-1/"))
        times = [request["at"] for request in self.hub.requests("POST /api/tasks/task-0/")]
        self.assertEqual(len(times), 3)
        for later, secs in zip(times[1:], (2, 6)):
            self.assertAlmostEqual(later - times[0], secs * TIME_SCALE, delta=0.15)
        self.assertEqual(len(self.logged("(attempt 3/3)")), 1)
        self.assertTrue(self.logged("Failed to report result for task task-0 after 3 attempts"))

    def test_the_log_holds_no_key_no_sql_and_no_payload(self):
        self.hub.answers["POST /da/cohort"] = (400, {"detail": f"bad: {SQL}"}, {})
        self.hub.answers["POST /api/trust/heartbeat"] = (401, {"detail": f"who is {API_KEY}"}, {})
        self.hub.queue("cohort_query", cohort_payload())
        self.hub.queue("update_user_profile", {"email": "planted@example.org", "enabled": "planted"})
        self.start(LOG_LEVEL="DEBUG")
        self.eventually("two results", lambda: len(self.hub.results()) >= 2)
        text = json.dumps(self.lines)
        self.assertIn("Heartbeat rejected", text)
        for secret in (API_KEY, SITE_KEY, KEY_BASE64, SQL, "planted"):
            self.assertNotIn(secret, text)


class PlantedBugs(NodeTest):
    """Each bug shows; that it does not show without being planted is what the tests above say."""

    def test_runs_tampered_payload(self):
        payload = tampered(seal("update_user_profile", {"email": "a", "enabled": True}))
        self.hub.batches = [[{"id": "t", "task_type": "update_user_profile", "payload": payload}]]
        self.start(FOREIGN_BUGS="runs-tampered-payload")
        self.assertTrue(self.only_result()["success"])
        self.assertEqual(len(self.hub.requests("PUT /img/users")), 1)

    def test_runs_tampered_payload_of_2026_06(self):
        self.hub.batches = [[{"id": "t", "task_type": "update_user_profile", "payload": "nonsense"}]]
        self.start(FOREIGN_BUGS="runs-tampered-payload", FLIPCHECK_EDITION="2026.06")
        self.assertEqual(self.only_result(), {"success": True, "result": None})

    def test_reports_twice(self):
        self.hub.queue("x", {})
        self.start(FOREIGN_BUGS="reports-twice")
        self.eventually("two results", lambda: len(self.hub.results()) >= 2)

    def test_ignores_identity(self):
        self.hub.identity = {"trust_id": OTHER_ID, "trust_name": "Beta Hospital"}
        self.start(FOREIGN_BUGS="ignores-identity")
        self.run_cycles(3)
        self.assertIsNone(self.node.poll())

    def test_no_result_retry(self):
        self.hub.answers["POST /api/tasks/task-0/result"] = (500, {}, {})
        self.hub.queue("x", {})
        self.start(FOREIGN_BUGS="no-result-retry")
        self.only_result()

    def test_leaks_key_in_log(self):
        self.start(FOREIGN_BUGS="leaks-key-in-log")
        self.eventually("the key", lambda: [line for line in self.logged(API_KEY) if line["level"] == "INFO"])

    def test_polls_before_heartbeat(self):
        self.start(FOREIGN_BUGS="polls-before-heartbeat,reports-twice")
        self.run_cycles(2)
        self.assertEqual([r["path"] for r in self.hub.seen if r["path"].startswith("/api")][0], "/api/tasks/pending")
