"""Timing, and how a figure is said."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def median(work: Callable[[], object], runs: int = 7) -> float:
    """Median seconds of `runs` calls after one that is not counted."""
    work()
    return statistics.median(once(work) for _ in range(runs))


def once(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def said(name: str, ours: float, floor: float, against: str) -> None:
    print(
        f"{name:<48} {ours * 1000:>10.1f} ms {floor * 1000:>10.1f} ms {ours / floor:>6.2f} ×  {against}",
        flush=True,
    )
