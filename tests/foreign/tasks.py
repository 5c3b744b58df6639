"""What each task type needs in its payload, and the local call it stands for."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Callable
from urllib.parse import quote

import calls
import envelope


class TaskFailed(Exception):
    """The text for `error` in the task result; `status_code` when a service answered with one."""

    def __init__(self, text, status_code=None):
        super().__init__(text)
        self.status_code = status_code


class ServiceError(TaskFailed):
    """A service refused, could not be reached, or answered no JSON."""

    def __init__(self, status, detail, category=None):
        super().__init__(f"{status}: {detail}", status)
        self.category = category or f"{status}: {_category(detail)}"


@dataclass(frozen=True)
class TaskType:
    """Checks by payload member, and the work. Members not named here are kept and forwarded."""

    required: dict[str, Callable]
    work: Callable
    optional: tuple = ()
    tells_status: bool = False
    cohort_defining: bool = False


def find_task_type(name, edition):
    """The TaskType, or None for a type this edition does not know."""
    kind = TASK_TYPES.get(name) if isinstance(name, str) else None
    if kind is not None and kind.cohort_defining and not edition.persists_cohorts:
        return None
    return kind


def validate(kind, payload, quotes=False):
    """Raises PayloadError. Names the members, not their values unless it `quotes`: the text also goes to the log."""
    if not isinstance(payload, dict):
        raise envelope.PayloadError(f"{type(payload).__name__!r} payload has no attribute of a task")
    wrong = [name for name, fits in kind.required.items() if name in payload and not fits(payload[name])]
    wrong += [name for name, fits in kind.optional if payload.get(name) is not None and not fits(payload[name])]
    missing = [name for name in kind.required if name not in payload]
    faults = [f"{name}: field required" for name in missing] + [f"{name}: value has the wrong form" for name in wrong]
    if faults and quotes:
        faults.append(f"input_value={_excerpt(repr(payload))}, input_type=dict")
    if faults:
        raise envelope.PayloadError("; ".join(faults))


def _excerpt(text):
    return text if len(text) <= 50 else f"{text[:25]}...{text[-24:]}"


class Site:
    """The local services, and the one hub call that belongs to a task: posting cohort counts."""

    def __init__(self, settings, log):
        self._settings = settings
        self._log = log

    def run(self, kind, payload):
        """The text for `result` (JSON as text, or None). Raises TaskFailed."""
        return kind.work(self, payload)

    def cohort_query(self, payload):
        ids = {name: payload[name] for name in ("query_id", "trust_id")}
        try:
            counts = self._data_access("/cohort", payload)
            self._post_to_hub(_with_text_values(counts))
        except ServiceError as error:
            raw = "sends-raw-cohort-error" in self._settings.bugs
            self._report_cohort_error(ids, str(error) if raw else error.category)
            raise
        return None

    def create_imaging(self, payload):
        return json.dumps(self._imaging("POST", "/projects/create-project-from-central-hub-project", payload))

    def delete_imaging(self, payload):
        self._imaging("DELETE", f"/projects/{_segment(payload['imaging_project_id'])}")

    def imaging_status(self, payload):
        return json.dumps(self._imaging("GET", _retrieval_path("import_status_count", payload)))

    def reimport_studies(self, payload):
        self._imaging("PUT", _retrieval_path("reimport_imaging_project_studies", payload))

    def update_user_profile(self, payload):
        if "logs-email-addresses" in self._settings.bugs:
            self._log.info("tasks", f"Processing update user profile task: email={payload['email']}")
        self._imaging("PUT", "/users", payload)

    def persist_cohort(self, payload):
        body = {name: payload[name] for name in ("encrypted_project_id", "query")}
        proof = envelope.cohort_admin_proof(self._settings.aes_key_base64)
        return json.dumps(self._data_access("/cohort/snapshot", body, {self._settings.cohort_admin_header: proof}))

    def _data_access(self, path, body, headers=None):
        url = self._settings.data_access_url + path
        return self._local("POST", url, body, headers or {}, self._settings.cohort_limit_secs)

    def _imaging(self, method, path, body=None):
        return self._local(method, self._settings.imaging_url + path, body, {}, None)

    def _local(self, method, url, body, headers, limit_secs):
        headers = {self._settings.site_key_header: self._settings.site_key} | headers
        return self._call(method, url, headers, body, limit_secs)

    def _post_to_hub(self, record):
        url = self._settings.hub_url + "/cohort/results"
        headers = {self._settings.api_key_header: self._settings.api_key}
        return self._call("POST", url, headers, record, None)

    def _report_cohort_error(self, ids, text):
        today = datetime.now(timezone.utc).date().isoformat()
        try:
            self._post_to_hub(ids | {"created": today, "record_count": 0, "data": [], "error": text})
        except ServiceError as error:
            self._log.warning("tasks", f"Failed to report cohort error to hub: status {error.status_code}")

    def _call(self, method, url, headers, body, limit_secs):
        """Own connection, no retry. Raises ServiceError with the three texts that hub and operators know."""
        client = calls.Client(self._settings, self._log)
        try:
            reply = client.call(method, url, headers, body, limit_secs, follow=True)
        except calls.CallError as error:
            late = "504: query_timeout" if error.timed_out else None
            raise ServiceError(502, f"Failed to connect to remote service: {error.reason}", late) from None
        finally:
            client.close()
        taken = "takes-local-redirect-for-success" in self._settings.bugs and 300 <= reply.status < 400
        if not (reply.ok or taken):
            text = reply.text()[:ERROR_CHARS_MAX]
            raise ServiceError(reply.status, text) if text else ServiceError(503, "External API error")
        try:
            return reply.json()
        except ValueError:
            raise ServiceError(502, "External API returned non-JSON response") from None


def _with_text_values(counts):
    """The service's counts with every `value` as text: null is `None`, 30 is `30`."""
    try:
        data = [
            group | {"results": [row | {"value": str(row["value"])} for row in group["results"]]}
            for group in counts["data"]
        ]
        return counts | {"data": data}
    except (TypeError, LookupError):
        raise ServiceError(502, "Cohort reply does not have the agreed form") from None


def _category(detail):
    """A data-access failure as the one word that the hub lets through."""
    try:
        word = json.loads(detail)["detail"]
    except (ValueError, TypeError, LookupError, RecursionError):
        word = None
    return word if word in CATEGORIES else "internal_error"


def _retrieval_path(verb, payload):
    project, query = _segment(payload["imaging_project_id"]), _segment(payload["encoded_query"])
    return f"/retrieval/{verb}/{project}?encoded_query={query}"


def _segment(text):
    return quote(text, safe="", errors="replace")


def _is_text(value):
    return isinstance(value, str)


def _is_flag(value):
    return isinstance(value, bool)


def _is_uuid(value):
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


def _is_user_list(value):
    return isinstance(value, list) and all(
        isinstance(user, dict)
        and _is_text(user.get("id"))
        and _is_text(user.get("email"))
        and isinstance(user.get("is_disabled"), bool | None)
        for user in value
    )


def _texts(*names):
    return dict.fromkeys(names, _is_text)


ERROR_CHARS_MAX = 1000
CATEGORIES = ("query_failed", "query_timeout", "internal_error")
RETRIEVAL = _texts("imaging_project_id", "encoded_query")
TASK_TYPES = {
    "cohort_query": TaskType(
        _texts("encrypted_project_id", "query_id", "query_name", "query", "trust_id"), Site.cohort_query
    ),
    "create_imaging": TaskType(
        _texts("project_id", "project_name") | {"trust_id": _is_uuid},
        Site.create_imaging,
        optional=(("query", _is_text), ("users", _is_user_list), ("dicom_to_nifti", _is_flag)),
    ),
    "delete_imaging": TaskType({"imaging_project_id": _is_uuid}, Site.delete_imaging),
    "get_imaging_status": TaskType(RETRIEVAL, Site.imaging_status, tells_status=True),
    "reimport_studies": TaskType(RETRIEVAL, Site.reimport_studies),
    "update_user_profile": TaskType(_texts("email") | {"enabled": _is_flag}, Site.update_user_profile),
    "persist_cohort": TaskType(
        _texts("project_id", "trust_id", "encrypted_project_id", "query"),
        Site.persist_cohort,
        optional=(("query_id", _is_text),),
        cohort_defining=True,
    ),
}
