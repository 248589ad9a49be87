import base64
import binascii
import hashlib
import hmac
import time
from typing import Mapping, Optional, Sequence

TOLERANCE_SECONDS = 300


class WebhookRefused(Exception):
    pass


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    keys: Sequence[str],
    prefix: str = "webhook",
    now: Optional[float] = None,
) -> None:
    """Believes a request or raises WebhookRefused.

    `body` is what came over the wire, before any parser. `keys` are the secrets (whsec_...) and public keys (whpk_...)
    of the endpoint: during a rotation the old and the new one. `prefix` is "svix" for the svix-* triple.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    message_id = _required(lower, f"{prefix}-id")
    timestamp = _fresh_timestamp(lower, f"{prefix}-timestamp", now)
    content = f"{message_id}.{timestamp}.".encode() + body
    for signature in _required(lower, f"{prefix}-signature").split(" "):
        version, _, encoded = signature.partition(",")
        for key in keys:
            if version == "v1" and key.startswith("whsec_"):
                expected = base64.b64encode(_hmac(key, content))
                if hmac.compare_digest(expected, encoded.encode()):
                    return
            if version == "v1a" and key.startswith("whpk_") and _is_signed(key, content, encoded):
                return
    raise WebhookRefused("no signature of this webhook fits")


def verify_plain(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: Optional[float] = None
) -> None:
    """The same for the plain pair, X-Signature and X-Timestamp."""
    lower = {name.lower(): value for name, value in headers.items()}
    timestamp = _fresh_timestamp(lower, "x-timestamp", now)
    given = _required(lower, "x-signature").encode()
    for secret in secrets:
        expected = _hmac(secret, f"{timestamp}.".encode() + body).hex().encode()
        if hmac.compare_digest(expected, given):
            return
    raise WebhookRefused("the signature of this webhook does not fit")


def _required(lower: Mapping[str, str], name: str) -> str:
    value = lower.get(name)
    if not value:
        raise WebhookRefused(f"the header {name} is missing")
    return value


def _fresh_timestamp(lower: Mapping[str, str], name: str, now: Optional[float]) -> str:
    text = _required(lower, name)
    moment = int(time.time() if now is None else now)
    if not (text.isascii() and text.isdigit() and len(text) < 16) or abs(moment - int(text)) > TOLERANCE_SECONDS:
        raise WebhookRefused(f"{name} is too old or too new")
    return text


def _hmac(secret: str, content: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    if len(key) < 24:
        raise ValueError("this is not a secret of an endpoint")
    return hmac.new(key, content, hashlib.sha256).digest()


def _is_signed(public_key: str, content: bytes, encoded: str) -> bool:
    # Python's own library has no Ed25519: pip install cryptography
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_"), validate=True))
    try:
        key.verify(base64.b64decode(encoded, validate=True), content)
        return True
    except (InvalidSignature, binascii.Error):
        return False
