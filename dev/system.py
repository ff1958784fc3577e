"""What `make test` needs from the system's package manager: Chromium for the browser, Pango for PDFs."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys

PACKAGES = {
    "apt-get": {
        "Chromium": ["chromium"],
        "Pango": ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"],
    },
    "dnf": {"Chromium": ["chromium"], "Pango": ["pango"]},
    "apk": {"Chromium": ["chromium"], "Pango": ["pango"]},
    "brew": {"Chromium": ["--cask", "chromium"], "Pango": ["pango"]},
}


def missing() -> list[str]:
    parts = []
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        parts.append("Chromium")
    if not all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")):
        parts.append("Pango")
    return parts


def main() -> int:
    parts = missing()
    if not parts:
        return 0
    manager = next((name for name in PACKAGES if shutil.which(name)), None)
    words = [word for part in parts for word in PACKAGES.get(manager, {}).get(part, [])]
    by_hand = f"Install {' and '.join(parts)} with your package manager, then run `make test` again."
    if manager is None:
        print(by_hand, file=sys.stderr)
        return 1
    command = [manager, "install", *([] if manager == "brew" else ["-y"]), *words]
    if manager != "brew" and os.geteuid() != 0:
        if (
            subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
            if shutil.which("sudo")
            else True
        ):
            print(f"{' and '.join(parts)} missing. Run: sudo {' '.join(command)}", file=sys.stderr)
            return 1
        command = ["sudo", "-n", *command]
    print(f"Installing {' and '.join(parts)} with {manager} …", flush=True)
    if manager == "apt-get":
        subprocess.run(
            [*command[: command.index("apt-get")], "apt-get", "update", "-q"],
            stdout=subprocess.DEVNULL,
            check=False,
        )
    if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode:
        print(by_hand, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
