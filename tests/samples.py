"""Real evidence files nobody here wrote; they lie beside the project, not in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def sample(name: str) -> Path:
    """The path of a sample such as `slack/houstondatavis-export.zip`; skips where the samples are absent, never under CI."""
    path = SHARED / "samples" / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"The sample {name} is not there, and nothing may be skipped under CI.")
        pytest.skip(f"The sample {name} is not on this machine: samples lie in ../shared beside the project.")
    return path
