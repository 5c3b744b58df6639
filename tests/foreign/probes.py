"""The health snapshot: six services, probed in parallel and away from the polling loop."""

import socket
import threading
import time
from datetime import datetime, timezone

import calls


class Collector:
    """`snapshot` is the newest finished round, or None before the first one and while rounds hang."""

    def __init__(self, settings, log):
        self._settings = settings
        self._log = log
        self._limit_secs = settings.scaled(PROBE_LIMIT_SECS)
        self.snapshot = None

    def run_forever(self):
        while True:
            self.snapshot = self._collect()
            time.sleep(self._settings.collect_interval_secs)

    def _collect(self):
        entries, clients, threads = {}, [], []
        for name, probe in PROBES.items():
            client = calls.Client(self._settings, self._log)
            thread = threading.Thread(target=self._probe, args=(name, probe, client, entries), daemon=True)
            clients.append(client)
            threads.append(thread)
            thread.start()
        deadline = time.monotonic() + self._settings.scaled(ROUND_LIMIT_SECS)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        hung = [name for name, thread in zip(PROBES, threads) if thread.is_alive()]
        for client in clients:
            client.close()
        if hung:
            self._log.error("health", f"{ROUND_ABANDONED}; no answer from: {', '.join(hung)}")
            return None
        services = {"trust-api": _entry("healthy", self._settings.version)} | {name: entries[name] for name in PROBES}
        if self._settings.fl_client_tag:
            # The tag it was told: nobody asks the client itself.
            services["fl-client"] = _entry("unknown", self._settings.fl_client_tag)
        return {"services": services, "collected_at": datetime.now(timezone.utc).isoformat()}

    def _probe(self, name, probe, client, entries):
        entry = _entry("unknown")
        try:
            entry = probe(self, client)
        except (calls.CallError, OSError):
            entry = _entry("unknown" if name == "dicom" else "down")
        finally:
            entries[name] = entry

    def _imaging(self, client):
        return self._service(client, self._settings.imaging_url + "/health")

    def _data_access(self, client):
        return self._service(client, self._settings.data_access_url + "/health")

    def _xnat(self, client):
        return self._service(client, self._settings.xnat_url + "/xapi/siteConfig/buildInfo", alive=(401, 403))

    def _dicom(self, client):
        headers = {self._settings.site_key_header: self._settings.site_key}
        reply, took_ms = self._timed(client, self._settings.imaging_url + "/imaging/ping_pacs", headers)
        successful = _member(reply, "successful") if reply.ok else None
        if successful is True:
            return self._alive(took_ms)
        return _entry("down" if successful is False else "unknown")

    def _omop(self, _client):
        started = time.monotonic()
        address = (self._settings.omop_host, self._settings.omop_port)
        socket.create_connection(address, timeout=self._limit_secs).close()
        return self._alive(1000 * (time.monotonic() - started))

    def _service(self, client, url, alive=()):
        """2xx is alive, with the version from the body; the statuses of `alive` are alive without one."""
        reply, took_ms = self._timed(client, url, {})
        if reply.ok:
            return self._alive(took_ms, _member(reply, "version"))
        return self._alive(took_ms) if reply.status in alive else _entry("down")

    def _timed(self, client, url, headers):
        started = time.monotonic()
        reply = client.call("GET", url, headers, limit_secs=self._limit_secs)
        return reply, 1000 * (time.monotonic() - started)

    def _alive(self, took_ms, version=None):
        return _entry("degraded" if took_ms > self._settings.degraded_ms else "healthy", version, took_ms)


def _entry(status, version=None, took_ms=None):
    """One service of the snapshot, cut to what the hub accepts."""
    return {
        "status": status,
        "version": version[:VERSION_CHARS_MAX] if isinstance(version, str) else None,
        "response_ms": None if took_ms is None else min(round(took_ms), RESPONSE_MS_MAX),
    }


def _member(reply, name):
    try:
        body = reply.json()
    except ValueError:
        return None
    return body.get(name) if isinstance(body, dict) else None


PROBE_LIMIT_SECS = 5.0
ROUND_LIMIT_SECS = 15.0
VERSION_CHARS_MAX = 64
RESPONSE_MS_MAX = 1_000_000
ROUND_ABANDONED = f"Health collection cycle exceeded {ROUND_LIMIT_SECS}s and was abandoned"
PROBES = {
    "imaging-api": Collector._imaging,
    "data-access-api": Collector._data_access,
    "xnat": Collector._xnat,
    "dicom": Collector._dicom,
    "omop": Collector._omop,
}
