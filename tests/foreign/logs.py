"""The log: one JSON object a line on stdout. Secrets are masked here, whoever wrote the line."""

import json
import os
import threading
from datetime import datetime, timezone

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Log:
    """Unbuffered and thread-safe. A reader that went away never stops the node."""

    def __init__(self, level="INFO", secrets=()):
        self._least = LEVELS.index(level)
        self._secrets = [secret for secret in secrets if len(secret) >= SECRET_CHARS_MIN]
        self._lock = threading.Lock()

    def debug(self, logger, message):
        self._write("DEBUG", logger, message)

    def info(self, logger, message):
        self._write("INFO", logger, message)

    def warning(self, logger, message):
        self._write("WARNING", logger, message)

    def error(self, logger, message):
        self._write("ERROR", logger, message)

    def _write(self, level, logger, message):
        if LEVELS.index(level) < self._least:
            return
        for secret in self._secrets:
            message = message.replace(secret, "***")
        record = {
            "timestamp": datetime.now(timezone.utc).isoformat(),
            "level": level,
            "api": "trust-api",
            "logger": logger,
            "message": message,
        }
        line = (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "replace")
        with self._lock:
            try:
                while line:
                    line = line[os.write(STDOUT, line) :]
            except OSError:
                pass


STDOUT = 1
SECRET_CHARS_MIN = 8  # shorter "secrets" are test values that would blank out ordinary words
