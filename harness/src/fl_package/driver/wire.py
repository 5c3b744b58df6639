"""What the package sends and what it is answered, noted as it happens."""

import requests


class Ended(Exception):
    """The run is over before its last round."""


class Ledger:
    """Notes every call of the package. It looks at calls and changes none of them, except that the
    package's own time limits are multiplied by the scale of the run."""

    def __init__(self, time_scale: float):
        self.time_scale = time_scale
        self.sent = {"metrics": 0, "logs": 0, "events": 0, "statuses": 0}
        self.answers = []
        self.clients = []
        self.ended = "BLOCKED"
        self._watch()

    def _watch(self) -> None:
        genuine = requests.Session.request
        ledger = self

        def request(session, method, url, **options):
            limits = options.get("timeout")
            if limits is not None:
                options["timeout"] = ledger.scaled(limits)
            noted = ledger.begin(url, options.get("json"))
            try:
                answer = genuine(session, method, url, **options)
            except BaseException as error:
                ledger.unanswered(noted, error)
                raise
            ledger.answered(noted, answer)
            return answer

        requests.Session.request = request

    def scaled(self, limits):
        if isinstance(limits, tuple):
            return tuple(self.scaled(limit) for limit in limits)
        return max(limits * self.time_scale, 0.001)

    def begin(self, url: str, payload) -> dict:
        """A call begins: what it is for, before anything is known of its answer."""
        tail = url.rstrip("/").rsplit("/", 2)
        if tail[-2] == "status":
            kind, what = "statuses", f"status {tail[-1]}"
            self.ended = tail[-1]
        elif tail[-1] == "metrics":
            kind, what = "metrics", "metric"
        elif (payload or {}).get("event_type") is not None:
            kind, what = "events", f"event {payload['event_type']}"
        else:
            kind, what = "logs", "log"
        noted = {"what": what, "body": None, "status": 0, "redirects": 0, "error": "no answer"}
        self.sent[kind] += 1
        self.answers.append(noted)
        return noted

    def answered(self, noted: dict, answer) -> None:
        first = answer.history[0] if answer.history else answer
        noted.update(body=text(first.request.body), status=answer.status_code,
                     redirects=len(answer.history), error=None)

    def unanswered(self, noted: dict, error: BaseException) -> None:
        # Only the name: the words of some errors quote header values.
        noted["error"] = type(error).__name__
        if getattr(error, "request", None) is not None:
            noted["body"] = text(error.request.body)

    def kept_back(self, before: int, metric: dict) -> None:
        """A metric was handed over and nothing was sent: the package refused it by itself."""
        if len(self.answers) == before:
            self.sent["metrics"] += 1
            self.answers.append({"what": "metric", "body": None, "status": 0, "redirects": 0,
                                 "error": f"refused before sending: {metric['label']}"})

    def raised(self, error: Exception) -> None:
        import traceback

        traceback.print_exception(error)
        self.ended = "RAISED"

    def report(self) -> dict:
        clients = [{"slot": slot, "part": "simulated"} for slot in self.clients]
        return {"sent": self.sent, "answers": self.answers, "ended": self.ended,
                "clients": clients}


def text(body):
    return body.decode() if isinstance(body, bytes) else body


def value(metric: dict) -> float:
    """The value of a metric; JSON has no word for what is no number."""
    given = metric["value"]
    return float(given) if isinstance(given, str) else given
