"""HTTP calls: one small client for the hub, the site services and the probes."""

import base64
import http.client
import json
import select
import socket
import ssl
import time
import zlib
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment


class CallError(Exception):
    """No usable reply arrived. The text is empty after a time-out, as operators know it from the log."""

    def __init__(self, text, timed_out=False):
        super().__init__(text)
        self.timed_out = timed_out

    @property
    def reason(self):
        return "timed out" if self.timed_out else str(self)


@dataclass(frozen=True)
class Reply:
    """Status, body and the redirect target, if the status and the headers name one."""

    status: int
    body: bytes
    location: str | None = None

    @property
    def ok(self):
        return 200 <= self.status < 300

    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        """Parsed body. Raises ValueError, also for NaN, Infinity and endless nesting."""
        return parse_json(self.body)


def parse_json(text):
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def compact_json(value):
    """The wire form: no blanks, UTF-8; lone surrogates, which UTF-8 cannot carry, stay escaped."""
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


class Client:
    """Keeps one idle connection per origin for a few seconds. Not for use by two threads at once, but for `close`."""

    def __init__(self, settings, log):
        self._log = log
        self._bugs = settings.bugs
        self._limit_secs = settings.scaled(LIMIT_SECS)
        self._idle_secs = settings.scaled(IDLE_SECS)
        self._idle = {}
        self._active = None

    def call(self, method, url, headers, body=None, limit_secs=None, follow=False):
        """One exchange; `body` is a JSON value or None, `limit_secs` holds for connecting and for each read.

        Redirects are followed only on request and only within the origin, so that no key or payload reaches a host
        that was not configured. Raises CallError.
        """
        sent = None if body is None else compact_json(body)
        for _ in range(REDIRECTS_MAX):
            reply = self._exchange(method, url, headers, sent, limit_secs or self._limit_secs)
            anywhere = "takes-keys-along-redirects" in self._bugs
            target = _redirect_target(url, reply.location, anywhere) if follow else None
            if target is None:
                return reply
            if _origin(target) != _origin(url):
                headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
            if reply.status in (302, 303) or (reply.status == 301 and method == "POST"):
                method, sent = "GET", None
            url = target
        raise CallError("too many redirects")

    def close(self):
        """Drop every connection; a read in another thread ends with an error."""
        connections = [connection for connection, _ in self._idle.values()] + [self._active]
        self._idle = {}
        for connection in filter(None, connections):
            try:
                if connection.sock:
                    connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()

    def _exchange(self, method, url, headers, sent, limit_secs):
        try:
            parts, proxy = urlsplit(url), _proxy(url)
            if "logs-secrets-at-debug" in self._bugs:
                self._log.debug("http", f"{method} {url} {headers} {(sent or b'').decode('utf-8', 'replace')}")
            self._active = self._connection(parts, proxy, limit_secs)
            _send(self._active, method, _target(parts, proxy), _all_headers(headers, sent, method, parts, proxy), sent)
            response = self._active.getresponse()
            # A query string may carry SQL.
            shown = url if "logs-whole-urls" in self._bugs else url.partition("?")[0]
            version = "1.0" if response.version == 10 else "1.1"
            outcome = f'"HTTP/{version} {response.status} {response.reason}"'
            self._log.info("http", f"HTTP Request: {method} {shown} {outcome}")
            body = _decoded(_read_body(response), response.getheader("Content-Encoding", ""))
            location = response.getheader("Location") if response.status in REDIRECTS else None
            if not response.will_close:
                self._idle[_origin(url), proxy] = (self._active, time.monotonic())
                self._active = None
            return Reply(response.status, body, location)
        except TimeoutError:
            raise CallError("", timed_out=True) from None
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            raise CallError(str(error) or type(error).__name__) from None
        finally:
            if self._active is not None:
                self._active.close()
                self._active = None

    def _connection(self, parts, proxy, limit_secs):
        connection, since = self._idle.pop((_origin(parts.geturl()), proxy), (None, 0.0))
        if connection is not None:
            fresh = time.monotonic() - since < self._idle_secs
            if fresh and connection.sock and not select.select([connection.sock], [], [], 0)[0]:
                connection.sock.settimeout(limit_secs)
                return connection
            connection.close()
        return _open_connection(parts, proxy, limit_secs)


def _open_connection(parts, proxy, limit_secs):
    host, port = _host_port(parts)
    via = urlsplit(proxy) if proxy else None
    near_host, near_port = (via.hostname, via.port or 80) if via else (host, port)
    if parts.scheme != "https":
        return http.client.HTTPConnection(near_host, near_port, timeout=limit_secs)
    # Verification is on, and SSL_CERT_FILE and SSL_CERT_DIR are honoured by the default context.
    context = ssl.create_default_context()
    connection = http.client.HTTPSConnection(near_host, near_port, timeout=limit_secs, context=context)
    if via:
        connection.set_tunnel(host, port, headers=_proxy_login(via))
    return connection


def _all_headers(headers, sent, method, parts, proxy):
    wire = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "keep-alive", "User-Agent": USER_AGENT}
    if sent is not None:
        wire |= {"Content-Length": str(len(sent)), "Content-Type": "application/json"}
    elif method in ("POST", "PUT", "PATCH"):
        wire["Content-Length"] = "0"
    if proxy and parts.scheme == "http":
        wire |= _proxy_login(urlsplit(proxy))
    return wire | headers


def _send(connection, method, target, headers, sent):
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(sent)


def _read_body(response):
    """The whole body. An end before the announced length is an error, and so is a body without end."""
    chunks, total = [], 0
    while chunk := response.read(65536):
        chunks.append(chunk)
        total += len(chunk)
        if total > BODY_BYTES_MAX:
            raise ValueError("reply is too long")
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(chunks)


def _decoded(body, encoding):
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate") or not body:
        return body
    try:
        return zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(body, BODY_BYTES_MAX)
    except zlib.error:  # "deflate" without the zlib frame
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, BODY_BYTES_MAX)


def _proxy(url):
    parts = urlsplit(url)
    if proxy_bypass_environment(parts.netloc.rpartition("@")[2]):
        return None
    proxy = getproxies_environment().get(parts.scheme)
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _proxy_login(via):
    if via.username is None:
        return {}
    login = f"{unquote(via.username)}:{unquote(via.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(login.encode()).decode()}


def _target(parts, proxy):
    if proxy and parts.scheme == "http":
        return parts._replace(fragment="").geturl()
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _redirect_target(url, location, anywhere):
    """Where to go next, else None: within the origin of `url`, unless `anywhere`."""
    try:
        target = urljoin(url, location) if location else None
        return target if target and (anywhere or _origin(target) == _origin(url)) else None
    except ValueError:
        return None


def _origin(url):
    parts = urlsplit(url)
    return (parts.scheme, *_host_port(parts))


def _host_port(parts):
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


USER_AGENT = "foreign-trust/1"
LIMIT_SECS = 30.0
IDLE_SECS = 5.0
REDIRECTS = (301, 302, 303, 307, 308)
REDIRECTS_MAX = 20
BODY_BYTES_MAX = 64 * 1024 * 1024
