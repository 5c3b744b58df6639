"""What the environment says, read once at start. Anything missing or invalid is a ConfigError: exit code 1."""

import argparse
import math
import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

BUGS = (
    "runs-tampered-payload",
    "reports-twice",
    "ignores-identity",
    "no-result-retry",
    "leaks-key-in-log",
    "polls-before-heartbeat",
    "takes-empty-setting-for-given",
    "takes-local-redirect-for-success",
    "takes-keys-along-redirects",
    "logs-whole-urls",
    "quotes-refused-payload",
    "logs-secrets-at-debug",
    "logs-email-addresses",
    "loses-batch-after-malformed-entry",
    "sends-raw-cohort-error",
)
# What the newest real trust was seen to do, beyond what this node does anyway: it is serial, keeps its pace, repeats
# every refused report, compares one identity as text, starts with any payload key and says ok on /health.
AS_BUILT = frozenset(BUGS[6:])
PACKAGE_VERSION = "0.9.0"


class ConfigError(ValueError):
    """One line that names the variable and what is wrong with it; never its value when it is a secret."""


@dataclass(frozen=True)
class Edition:
    """What one edition of the platform can do; code asks these, never the name."""

    sealed_with_context: bool
    sends_snapshot: bool
    compares_keys: bool
    health_members: bool
    result_status_code: bool
    persists_cohorts: bool


EDITIONS = {"2026.06": Edition(*[False] * 6), "2026.09": Edition(*[True] * 6)}


@dataclass(frozen=True)
class Settings:
    """Frozen configuration. Durations are in seconds and already carry the time scale."""

    edition: Edition
    hub_url: str
    api_key: str
    api_key_header: str
    aes_key_base64: str
    data_access_url: str
    imaging_url: str
    site_key: str
    site_key_header: str
    cohort_admin_header: str
    poll_interval_secs: float
    expected_trust_id: str
    cohort_limit_secs: float
    collect_interval_secs: float
    degraded_ms: float
    xnat_url: str
    omop_host: str
    omop_port: int
    fl_client_tag: str
    log_level: str
    version: str
    time_scale: float
    port: int
    bugs: frozenset

    def scaled(self, secs):
        """A wait or time limit of the contract, as this process keeps it."""
        return secs * self.time_scale

    def secrets(self):
        """Values no log line may hold."""
        return [self.api_key, self.site_key, self.aes_key_base64]


def read_settings(argv, env=os.environ):
    """Settings from command line and environment. Raises ConfigError."""
    arguments = _arguments(argv)
    bugs = _bugs(f"{arguments.bugs},{env.get('FOREIGN_BUGS', '')}") | (AS_BUILT if arguments.as_built else frozenset())
    reader = _Reader(env, "takes-empty-setting-for-given" in bugs)
    _check_env_word(reader)
    scale = reader.number("FLIPCHECK_TIME_SCALE", 1.0, above_zero=True)
    return Settings(
        edition=_edition(reader.text("FLIPCHECK_EDITION", "2026.09")),
        hub_url=reader.url("CENTRAL_HUB_API_URL"),
        api_key=reader.header_value("TRUST_API_KEY"),
        api_key_header=reader.header_name("TRUST_API_KEY_HEADER"),
        aes_key_base64=reader.required("AES_KEY_BASE64"),
        data_access_url=reader.url("DATA_ACCESS_API_URL", "http://data-access-api:8000"),
        imaging_url=reader.url("IMAGING_API_URL", "http://imaging-api:8000"),
        site_key=reader.header_value("TRUST_INTERNAL_SERVICE_KEY", ""),
        site_key_header=reader.header_name("TRUST_INTERNAL_SERVICE_KEY_HEADER", "X-Trust-Internal-Service-Key"),
        cohort_admin_header=reader.header_name("COHORT_ADMIN_KEY_HEADER", "X-Cohort-Admin-Key"),
        poll_interval_secs=scale * reader.number("POLL_INTERVAL_SECONDS", 5),
        expected_trust_id=reader.text("EXPECTED_TRUST_ID", ""),
        cohort_limit_secs=scale * reader.number("COHORT_QUERY_TIMEOUT_SECONDS", 300, above_zero=True),
        collect_interval_secs=scale * reader.number("HEALTH_COLLECT_INTERVAL_SECONDS", 30),
        degraded_ms=reader.number("HEALTH_PROBE_DEGRADED_MS", 1000),
        xnat_url=reader.url("XNAT_URL", "http://xnat-web:8080"),
        omop_host=reader.text("OMOP_DB_HOST", "omop-db"),
        omop_port=reader.port("OMOP_DB_PORT", 5432),
        fl_client_tag=reader.text("FL_CLIENT_IMAGE_TAG", ""),
        log_level=_log_level(reader.text("LOG_LEVEL", "INFO")),
        version=reader.text("FLIP_RELEASE", PACKAGE_VERSION),
        time_scale=scale,
        port=_port("--port", arguments.port) or reader.port("TRUST_API_PORT", 0) or 8000,
        bugs=bugs,
    )


class _Reader:
    """Typed look-ups. An empty value counts as absent, unless the node takes one for given."""

    def __init__(self, env, takes_empty=False):
        self._env = env
        self._takes_empty = takes_empty

    def _is_taken_empty(self, name):
        return self._takes_empty and self._env.get(name) == ""

    def text(self, name, default):
        return self._env.get(name) or default

    def required(self, name, default=None):
        if default is None and self._is_taken_empty(name):
            return ""
        value = self._env.get(name) or default
        if value is None:
            raise ConfigError(f"{name} is missing or empty")
        return value

    def url(self, name, default=None):
        value = self.required(name, default)
        if default is None and self._is_taken_empty(name):
            return value
        try:
            parts = urlsplit(value)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable or not re.fullmatch(r"[!-~]+", value):
            raise ConfigError(f"{name} is not an http or https URL")
        return value

    def header_name(self, name, default=None):
        value = self.required(name, default)
        if default is None and self._is_taken_empty(name):
            return value
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", value):
            raise ConfigError(f"{name} is not a header name")
        return value

    def header_value(self, name, default=None):
        value = self.required(name, default)
        if not re.fullmatch(r"[!-~]*", value):
            raise ConfigError(f"{name} holds characters that cannot stand in a header")
        return value

    def number(self, name, default, above_zero=False):
        try:
            value = float(self._env.get(name) or default)
        except ValueError:
            raise ConfigError(f"{name} is not a number") from None
        if not math.isfinite(value) or value < 0 or (above_zero and value == 0):
            raise ConfigError(f"{name} is out of range")
        return value

    def port(self, name, default):
        return _port(name, self._env.get(name) or str(default))


class _Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise ConfigError(f"command line: {message}")


def _arguments(argv):
    parser = _Arguments(description="A trust node written from the contract alone.")
    parser.add_argument("--port", default="0", help="port of /health (default: TRUST_API_PORT, else 8000)")
    parser.add_argument("--as-built", action="store_true", help="behave as the newest real trust was seen to")
    parser.add_argument("--bugs", default="", help="bugs to plant, comma-separated: " + ", ".join(BUGS))
    return parser.parse_args(argv)


def _port(name, text):
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:
        raise ConfigError(f"{name} is not a port number")
    return int(text)


def _check_env_word(reader):
    if reader.text("ENV", "development") not in ("development", "production"):
        raise ConfigError("ENV is neither development nor production")


def _edition(name):
    if name not in EDITIONS:
        raise ConfigError(f"FLIPCHECK_EDITION is not one of {', '.join(EDITIONS)}")
    return EDITIONS[name]


def _log_level(name):
    if name.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ConfigError("LOG_LEVEL is not one of DEBUG, INFO, WARNING, ERROR")
    return name.upper()


def _bugs(text):
    names = frozenset(name.strip() for name in text.split(",")) - {""}
    for name in sorted(names.difference(BUGS)):
        raise ConfigError(f"unknown bug {name!r}; known: {', '.join(BUGS)}")
    return names
