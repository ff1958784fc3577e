"""Who sent this? One check for each kind of sender, as its vendor documents it. Pure: the clock is an argument.

GitHub      X-Hub-Signature-256: sha256=HMAC(body), hexadecimal (docs.github.com, Validating webhook deliveries)
GitLab      X-Gitlab-Token: the secret itself, or a Standard Webhooks signature where it has a signing token
Jira        X-Hub-Signature: sha256=HMAC(body), hexadecimal (WebSub, as Jira's webhooks with a secret)
PagerDuty   X-PagerDuty-Signature: one or more v1=HMAC(body) (developer docs, Verifying webhook signatures v3)
Grafana     X-Grafana-Alerting-Signature: HMAC(body), or HMAC(timestamp:body) with X-Grafana-Alerting-Timestamp
generic     Standard Webhooks: v1,BASE64(HMAC(id.timestamp.body)) of webhook-id, -timestamp and -signature
all others  Authorization: Bearer or Basic with the secret as password, or X-Second-Story-Token

HMAC is HMAC-SHA256 under the secret. Alertmanager, Opsgenie and Statuspage sign nothing: the first two can send the
secret in a header; Statuspage can send none, so its address, which nobody can guess, is all there is.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
from collections.abc import Iterable, Mapping

TOLERANCE = 300  # seconds that a signed timestamp may be off, either way


class Refused(Exception):
    """The signature is missing, wrong or too old; the sentence is for the log and the page, not for the sender."""


def check(
    kind: str,
    secrets: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float,
    unsigned: bool = False,
) -> None:
    """Raises Refused unless one of the secrets made this. `headers` have lower-case names; `now` is in seconds since 1970."""
    found = [secret.encode() for secret in secrets]
    if any(_signed(kind, secret, headers, body, now) for secret in found):
        return
    if unsigned and not _claims(headers):
        return
    raise Refused("The signature is missing, wrong or too old.")


def _signed(kind: str, secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    if kind == "github":
        return _equal(headers.get("x-hub-signature-256", ""), "sha256=" + _hex(secret, body))
    if kind == "jira":
        return _equal(headers.get("x-hub-signature", ""), "sha256=" + _hex(secret, body))
    if kind == "pagerduty":
        wanted = "v1=" + _hex(secret, body)
        signatures = headers.get("x-pagerduty-signature", "").split(",")
        return any(_equal(one.strip(), wanted) for one in signatures)
    if kind == "gitlab":
        return _standard(secret, headers, body, now) or _equal(
            headers.get("x-gitlab-token", ""), secret.decode()
        )
    if kind == "grafana" and "x-grafana-alerting-signature" in headers:
        return _grafana(secret, headers, body, now)
    if kind == "generic":
        return _standard(secret, headers, body, now)
    return _token(secret, headers)


def _grafana(secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    stamp = headers.get("x-grafana-alerting-timestamp", "")
    if stamp and not _recent(stamp, now):
        return False
    signed = f"{stamp}:".encode() + body if stamp else body
    return _equal(headers["x-grafana-alerting-signature"], _hex(secret, signed))


def _standard(secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Standard Webhooks (standardwebhooks.com): a secret that begins with whsec_ is base64."""
    name, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not name or not _recent(stamp, now):
        return False
    key = secret
    if secret.startswith(b"whsec_"):
        try:
            key = base64.b64decode(secret[6:], validate=True)
        except binascii.Error:
            return False
    made = hmac.digest(key, f"{name}.{stamp}.".encode() + body, "sha256")
    wanted = "v1," + base64.b64encode(made).decode()
    return any(_equal(one, wanted) for one in headers.get("webhook-signature", "").split())


def _recent(stamp: str, now: float) -> bool:
    return stamp.isascii() and stamp.isdigit() and len(stamp) < 13 and abs(now - int(stamp)) <= TOLERANCE


def _token(secret: bytes, headers: Mapping[str, str]) -> bool:
    given = [headers.get("x-second-story-token", "")]
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        given.append(rest.strip())
    elif scheme.lower() == "basic":
        with contextlib.suppress(binascii.Error, UnicodeDecodeError):
            given.append(base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2])
    return any(_equal(one, secret.decode()) for one in given)


def _claims(headers: Mapping[str, str]) -> bool:
    """Whether the sender tried to prove itself: a wrong proof is refused even where none is needed."""
    names = (
        "authorization",
        "x-second-story-token",
        "x-grafana-alerting-signature",
        "x-hub-signature",
        "x-hub-signature-256",
    )
    return any(headers.get(name) for name in names)


def _hex(secret: bytes, body: bytes) -> str:
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def _equal(one: str, other: str) -> bool:
    return bool(one) and hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


# --- which delivery it is --------------------------------------------------------------------------

NAMED = {
    "github": ("x-github-delivery",),
    "gitlab": ("idempotency-key", "x-gitlab-event-uuid", "webhook-id"),
    "pagerduty": ("x-webhook-id",),
    "generic": ("webhook-id",),
}
KEPT = ("content-type", "user-agent", "x-github-event", "x-gitlab-event", "x-webhook-subscription")


def name_of(kind: str, headers: Mapping[str, str], body: bytes) -> str:
    """The sender's own name of this delivery with a digest of its body, or the digest alone.

    Both, so that nobody who learns a name can keep another body out; a true repeat has the same of both.
    """
    digest = hashlib.sha256(body).hexdigest()
    given = next((headers[name] for name in NAMED.get(kind, ()) if headers.get(name)), "")
    return f"{given[:120]}/{digest[:40]}" if given and kind != "pagerduty" else digest
