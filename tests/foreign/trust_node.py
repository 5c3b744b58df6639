"""A trust node written from the contract alone, with the standard library only. See README.md beside this file."""

import json
import os
import signal
import sys
import threading
import time
from urllib.parse import quote

import calls
import envelope
import health
import probes
import tasks
from logs import Log
from settings import ConfigError, read_settings


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        settings = read_settings(sys.argv[1:])
        log = Log(settings.log_level, () if settings.bugs & TELLS_KEYS else settings.secrets())
        node = Node(settings, log)
        server = health.HealthServer(settings.port, node.health)
    except (ConfigError, OSError) as error:
        Log().error("main", f"Invalid configuration: {error}")
        return EXIT_CONFIG
    node.start_task("task_poller", node.run_forever)
    if settings.edition.sends_snapshot:
        node.start_task("health_collector", node.collector.run_forever)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # Signals are blocked in every thread and fetched here: the process ends at once, whatever a call is waiting for.
    signal.sigwait(ENDING)
    os._exit(0)


class WrongIdentity(Exception):
    """The hub takes this host for another trust than its kit declares."""


class Node:
    """The polling loop and what it remembers of the hub. Strictly serial; only `health` is read by other threads."""

    def __init__(self, settings, log):
        self._settings = settings
        self._log = log
        self._hub = calls.Client(settings, log)
        self._site = tasks.Site(settings, log)
        self._key_header = {settings.api_key_header: settings.api_key}
        self._identified = False
        self._mismatch_told = False
        self._hub_facts = HUB_SILENT
        self._dead_tasks = []
        self.collector = probes.Collector(settings, log)

    def start_task(self, name, work):
        """A background task whose death shows in `/health`. A wrong identity ends the process instead."""

        def supervised():
            try:
                work()
            except WrongIdentity:
                os._exit(EXIT_IDENTITY)
            except Exception as error:
                self._log.error("main", f"Background task '{name}' died: {type(error).__name__}")
                self._dead_tasks.append(name)

        threading.Thread(target=supervised, name=name, daemon=True).start()

    def health(self):
        status = {"status": "degraded" if self._dead_tasks else "ok"}
        if not self._settings.edition.health_members:
            return status
        return status | {"version": self._settings.version, "dead_tasks": list(self._dead_tasks)} | self._hub_facts

    def run_forever(self):
        steps = [self.heartbeat, self.poll]
        if "polls-before-heartbeat" in self._settings.bugs:
            steps.reverse()
        while True:
            for step in steps:
                try:
                    step()
                except WrongIdentity:
                    raise
                except Exception as error:
                    self._log.error("poller", f"Error in polling loop: {type(error).__name__}")
            time.sleep(self._settings.poll_interval_secs)

    def heartbeat(self):
        if "leaks-key-in-log" in self._settings.bugs:
            self._log.info("poller", f"Heartbeat with {self._settings.api_key_header}: {self._settings.api_key}")
        snapshot = self.collector.snapshot
        try:
            reply = self._call_hub("POST", "/trust/heartbeat", snapshot)
            if reply.status == 422 and snapshot is not None:
                cut = reply.text()[:500]
                self._log.error("poller", f"Hub rejected health snapshot (HTTP 422): {cut} — retrying bodyless")
                reply = self._call_hub("POST", "/trust/heartbeat")
        except calls.CallError as error:
            self._hub_facts = HUB_SILENT
            self._log.error("poller", f"Error sending heartbeat: {error}")
            return
        if not reply.ok:
            self._hub_facts = HUB_SILENT
            self._log.error("poller", f"Heartbeat rejected by hub: HTTP {reply.status} — {reply.text()[:200]}")
            return
        self._log.debug("poller", "Heartbeat sent successfully")
        members = _object_or_empty(reply)
        self._check_identity(members)
        if self._settings.edition.compares_keys:
            self._compare_keys(members)

    def poll(self):
        try:
            reply = self._call_hub("GET", "/tasks/pending")
            if reply.status != 200:
                self._log.warning("poller", f"Unexpected status {reply.status} polling for tasks")
                return
            members = reply.json()
            if not isinstance(members, dict):
                raise ValueError("reply is not a JSON object")
        except (calls.CallError, ValueError) as error:
            self._log.error("poller", f"Error polling for tasks: {error}")
            return
        self._check_identity(members)
        batch = members.get("tasks", [])
        if not isinstance(batch, list):
            self._log.error("poller", "Error in polling loop: tasks is not a list")
            return
        if batch:
            self._log.info("poller", f"Received {len(batch)} pending tasks from hub")
        for entry in batch:
            if isinstance(entry, dict):
                self._handle(entry)
            elif "loses-batch-after-malformed-entry" in self._settings.bugs:
                self._log.error("poller", f"Error in polling loop: {type(entry).__name__!r} has no attribute 'get'")
                return
            else:
                self._log.error("poller", f"Skipped a malformed task entry of type {type(entry).__name__}")

    def _handle(self, entry):
        """Run one task and report it; nothing that happens here costs the next task anything."""
        task_id = entry.get("id")
        task_id = "unknown" if task_id is None else str(task_id)
        try:
            success, result = True, self._run(task_id, entry)
        except tasks.TaskFailed as failure:
            success, result = False, self._failure_text(entry, failure)
        except Exception as error:
            self._log.error("poller", f"Task {task_id} failed: {type(error).__name__}")
            success, result = False, json.dumps({"error": f"Internal error: {type(error).__name__}"})
        for _ in range(2 if "reports-twice" in self._settings.bugs else 1):
            self._report(task_id, success, result)

    def _run(self, task_id, entry):
        name = entry.get("task_type")
        kind = tasks.find_task_type(name, self._settings.edition)
        if kind is None:
            self._log.error("poller", f"Unknown task type: {name}")
            raise tasks.TaskFailed(f"Unknown task type: {name}")
        self._log.info("poller", f"Processing {name} task {task_id}")
        try:
            payload = calls.parse_json(self._open(entry.get("payload"), name))
            tasks.validate(kind, payload, "quotes-refused-payload" in self._settings.bugs)
        except ValueError as error:
            if isinstance(error, envelope.AuthenticationFailed):
                self._log.error("poller", f"Payload for task {task_id} failed authentication")
            else:
                self._log.error("poller", f"Failed to decrypt or parse payload for task {task_id}: {error}")
            if "runs-tampered-payload" in self._settings.bugs and not self._settings.edition.sealed_with_context:
                return None
            raise tasks.TaskFailed(f"Invalid payload: {error}") from None
        try:
            return self._site.run(kind, payload)
        except tasks.ServiceError as error:
            # Only the status: the text may quote SQL or values of the payload.
            self._log.error("poller", f"Task {task_id} failed: local call or hub answered {error.status_code}")
            raise

    def _open(self, payload, task_type):
        key = self._settings.aes_key_base64
        if self._settings.edition.sealed_with_context:
            check_tag = "runs-tampered-payload" not in self._settings.bugs
            opened = envelope.open_gcm_context(payload, key, f"task:{task_type}", check_tag=check_tag)
        else:
            opened = envelope.open_cbc(payload, key)
        return opened.decode()

    def _failure_text(self, entry, failure):
        members = {"error": str(failure)}
        kind = tasks.find_task_type(entry.get("task_type"), self._settings.edition)
        tells = kind is not None and kind.tells_status and self._settings.edition.result_status_code
        if tells and failure.status_code is not None:
            members["status_code"] = failure.status_code
        return json.dumps(members)

    def _report(self, task_id, success, result):
        pauses = [] if "no-result-retry" in self._settings.bugs else RETRY_PAUSES_SECS
        attempts = len(pauses) + 1
        for attempt, pause in enumerate((*pauses, 0), start=1):
            try:
                path = f"/tasks/{quote(task_id, safe='', errors='replace')}/result"
                reply = self._call_hub("POST", path, {"success": success, "result": result})
                if reply.status == 200:
                    return
                text = f"Unexpected status {reply.status} reporting result for task {task_id}"
            except calls.CallError as error:
                text = f"Error reporting result for task {task_id}: {error}"
            self._log.warning("poller", f"{text} (attempt {attempt}/{attempts})")
            time.sleep(self._settings.scaled(pause))
        self._log.error("poller", f"Failed to report result for task {task_id} after {attempts} attempts")

    def _check_identity(self, members):
        """Once, at the first reply that names both id and trust."""
        found, name = members.get("trust_id"), members.get("trust_name")
        if self._identified or not all(isinstance(value, str) and value for value in (found, name)):
            return
        self._identified = True
        expected = self._settings.expected_trust_id
        if expected in ("", found) or "ignores-identity" in self._settings.bugs:
            self._log.info("poller", f"Authenticated to hub as trust '{name}' ({found}).")
            return
        self._log.error(
            "poller",
            f"Hub identifies this host as trust '{name}' ({found}); kit declares EXPECTED_TRUST_ID={expected}. "
            "Wrong kit deployed to this host? Exiting.",
        )
        raise WrongIdentity

    def _compare_keys(self, members):
        """Remember what the hub says of itself; warn once when its payload key is not this trust's."""
        version, theirs = (
            value if isinstance(value, str) else None
            for value in (members.get("hub_version"), members.get("aes_key_fingerprint"))
        )
        match = None
        try:
            ours = envelope.fingerprint(self._settings.aes_key_base64)
            match = None if theirs is None else ours == theirs
        except envelope.KeyUnusable as error:
            self._log.error("poller", f"Cannot fingerprint this trust's AES key: {error}")
        if match is False and not self._mismatch_told:
            self._log.warning("poller", f"This trust's AES key differs from the hub's ({ours} here, {theirs} there).")
        if match is not None:
            self._mismatch_told = not match
        self._hub_facts = {"hub_version": version, "hub_key_match": match, "hub_key_fingerprint": theirs}

    def _call_hub(self, method, path, body=None):
        return self._hub.call(method, self._settings.hub_url + path, self._key_header, body)


def _object_or_empty(reply):
    try:
        members = reply.json()
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


TELLS_KEYS = {"leaks-key-in-log", "logs-secrets-at-debug"}
ENDING = {signal.SIGTERM, signal.SIGINT}
EXIT_CONFIG = 1
EXIT_IDENTITY = 2
RETRY_PAUSES_SECS = (2.0, 4.0)
HUB_SILENT = {"hub_version": None, "hub_key_match": None, "hub_key_fingerprint": None}

if __name__ == "__main__":
    sys.exit(main())
