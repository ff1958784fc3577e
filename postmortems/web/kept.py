"""Values that are dear to make and cheap to keep: taken from the cache, made anew where it has none or is away."""

from __future__ import annotations

import hashlib
import logging
import pickle
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

DAY = 24 * 3600  # seconds
T = TypeVar("T")
log = logging.getLogger(__name__)


def kept(name: str, about: Any, make: Callable[[], T], *, seconds: int = DAY) -> T:
    """What `make` gives, once for each `about`, which must hold everything that the value depends on.

    A cache that is away costs time and nothing else. None is never kept.
    """
    key = f"{name}/{hashlib.sha256(pickle.dumps(about)).hexdigest()}"
    try:
        found = cache.get(key)
        if found is None:
            found = make()
            cache.set(key, found, seconds)
        return found
    except (RedisError, OSError) as trouble:
        log.warning("The cache is away (%s); %s is made anew.", trouble, name)
        return make()
