"""What `make test` needs from the system's package manager: Chromium for the browser, Pango for PDFs."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# The Chromium without windows opens a page in a tenth of the time: where it has a package of its own, it is the first
# to be tried, and a machine that is there to build gets it beside another.
PACKAGES = {
    "apt-get": {
        "Chromium": ["chromium-headless-shell", "chromium"],
        "Pango": ["libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"],
    },
    "dnf": {"Chromium": ["chromium-headless", "chromium"], "Pango": ["pango"]},
    "apk": {"Chromium": ["chromium"], "Pango": ["pango"]},
    "brew": {"Chromium": ["--cask chromium"], "Pango": ["pango"]},
}
HASTE = ("-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10", "-o", "Acquire::Retries=0")


def missing() -> list[str]:
    parts = []
    if not any(shutil.which(name) for name in BROWSERS):
        parts.append("Chromium")
    if not all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")):
        parts.append("Pango")
    return parts


def main() -> int:
    manager = next((name for name in PACKAGES if shutil.which(name)), None)
    parts = missing()
    if not parts:
        if manager == "apt-get" and os.environ.get("CI") == "true" and not shutil.which(BROWSERS[0]):
            _quicker_browser()
        return 0
    by_hand = f"Install {' and '.join(parts)} with your package manager, then run `make test` again."
    if manager is None:
        print(by_hand, file=sys.stderr)
        return 1
    before = _before(manager)
    if before is None:
        words = " ".join(PACKAGES[manager][part][0] for part in parts)
        print(f"{' and '.join(parts)} missing. Run: sudo {manager} install {words}", file=sys.stderr)
        return 1
    print(f"Installing {' and '.join(parts)} with {manager} …", flush=True)
    if manager == "apt-get":
        _quietly([*before, "apt-get", "update", "-q"])
    if not all(
        any(_installed(before, manager, words) for words in PACKAGES[manager][part]) for part in parts
    ):
        print(by_hand, file=sys.stderr)
        return 1
    return 0


def _before(manager: str) -> list[str] | None:
    """What the command begins with; None where this user may not install."""
    if manager == "brew" or os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and _quietly(["sudo", "-n", "true"]) else None


def _installed(before: list[str], manager: str, words: str, *more: str) -> bool:
    yes = [] if manager == "brew" else ["-y"]
    return _quietly([*before, manager, "install", *yes, *more, *words.split()])


def _quicker_browser() -> None:
    """Where it cannot be had, the one that is there does as well."""
    before = _before("apt-get")
    if before is None:
        return
    print(f"Installing {BROWSERS[0]} with apt-get, so that the tests take less time …", flush=True)
    if not _installed(before, "apt-get", BROWSERS[0], *HASTE):
        _quietly([*before, "apt-get", "update", "-q", *HASTE])
        _installed(before, "apt-get", BROWSERS[0], *HASTE)


def _quietly(command: list[str]) -> bool:
    """Whether it went well; what goes wrong is told by the command itself."""
    return not subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
