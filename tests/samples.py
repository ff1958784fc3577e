"""Real evidence files nobody here wrote; they lie beside the project, not in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def sample(name: str) -> Path:
    """The path of a sample such as `slack/houstondatavis-export.zip`; skips where the samples are absent, never under CI."""
    path = SHARED / "samples" / name
    if not path.exists():
        absent(f"The sample {name}")
    return path


def absent(what: str) -> NoReturn:
    """What lies beside the project is not there: a test that needs it is skipped, and under CI fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not there, and nothing may be skipped under CI.")
    pytest.skip(f"{what} is not on this machine: it lies in ../shared beside the project.")
