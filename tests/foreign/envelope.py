"""Opening task payloads: the authenticated envelope of 2026.09 and the CBC text of 2026.06."""

import base64
import hashlib
import json

import aes

SHARED_KID = "shared"


class PayloadError(ValueError):
    """A payload that does not open. The text is what the task result says after `Invalid payload: `."""


class AuthenticationFailed(PayloadError):
    """The envelope is well formed, but key, task type or bytes are not those it was sealed with."""

    def __init__(self):
        super().__init__("failed authentication")


class KeyUnusable(PayloadError):
    """The trust's own key is not base64 of 32 bytes."""


def decode_key(text):
    """The 32 bytes behind AES_KEY_BASE64. Raises KeyUnusable."""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        raise KeyUnusable("AES key is not valid base64") from None
    if len(key) != aes.KEY_BYTES:
        raise KeyUnusable(f"AES key must be 32 bytes (AES-256-GCM), got {len(key)}")
    return key


def fingerprint(key_base64):
    """First 12 hex digits of the SHA-256 of the decoded key. Raises KeyUnusable."""
    return hashlib.sha256(decode_key(key_base64)).hexdigest()[:12]


def cohort_admin_proof(key_base64):
    """SHA-256 over the base64 text itself, not over the bytes behind it."""
    return hashlib.sha256(key_base64.encode()).hexdigest()


def associated_data(kid, context):
    return f"FLIP|v1|{kid}|{context}".encode()


def open_gcm_context(payload, key_base64, context, kids=(SHARED_KID,), check_tag=True):
    """Plaintext bytes of a sealed envelope. `kids` = key ids that count as held, None = any."""
    version, kid, nonce, sealed = _read_envelope(payload)
    if version != 1:
        raise PayloadError(f"Unsupported payload version: {version}")
    if kids is not None and kid not in kids:
        raise PayloadError(f"No key registered for kid '{kid}'")
    if len(nonce) != aes.NONCE_BYTES:
        raise PayloadError(f"Nonce must be 12 bytes, got {len(nonce)}")
    try:
        return aes.Gcm(decode_key(key_base64)).open(nonce, sealed, associated_data(kid, context), check_tag)
    except aes.TagMismatch:
        raise AuthenticationFailed from None


def open_cbc(payload, key_base64):
    """Plaintext bytes of base64(iv, ciphertext). Altered text may open to garbage: there is no tag."""
    if not isinstance(payload, str):
        raise PayloadError("Payload is not text")
    try:
        raw = base64.b64decode(payload, validate=True)
    except ValueError as error:
        raise PayloadError(str(error)) from None
    iv, ciphertext = raw[: aes.BLOCK_BYTES], raw[aes.BLOCK_BYTES :]
    cipher = aes.Aes256(decode_key(key_base64))
    try:
        return aes.cbc_open(cipher, iv, ciphertext)
    except aes.BadPadding as error:
        raise PayloadError(str(error)) from None


def _read_envelope(payload):
    """(v, kid, iv, ct) with the types checked and nothing else. Base64 is strict outside and inside."""
    try:
        members = json.loads(base64.b64decode(payload, validate=True))
        version, kid, iv, ct = (members[name] for name in ("v", "kid", "iv", "ct"))
        if type(version) is not int or not all(isinstance(value, str) for value in (kid, iv, ct)):
            raise TypeError
        return version, kid, base64.b64decode(iv, validate=True), base64.b64decode(ct, validate=True)
    except (ValueError, TypeError, LookupError, RecursionError):
        raise PayloadError("Payload is not a FLIP encryption envelope") from None
