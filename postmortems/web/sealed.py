"""Secrets at rest: what somebody who copies the database alone cannot read.

Fernet (AES-128-CBC and HMAC-SHA256, from the cryptography package) under a key derived from SECRET_KEY by
HKDF. Whoever changes SECRET_KEY gives new secrets to the tools that send; the older ones no longer open.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unopened(ValueError):
    """Sealed under another SECRET_KEY, or not sealed by us."""


@lru_cache(maxsize=4)
def _box(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"second-story sealed").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(text: str) -> bytes:
    return _box(settings.SECRET_KEY).encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    try:
        return _box(settings.SECRET_KEY).decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise Unopened("This secret was sealed under another SECRET_KEY.") from error
