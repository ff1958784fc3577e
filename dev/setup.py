"""`make setup`: the virtual environment and what it needs, nothing more. Standard library only.

A stamp in `.venv/` holds the digest of the lock file that was installed, so a second call is a no-op
and works without a network.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"


def main(lock_name: str) -> int:
    if sys.version_info < (3, 11):
        print(f"Second Story needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    lock = ROOT / "requirements" / f"{lock_name}.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    python = VENV / "bin" / "python"
    if python.exists() and any(_stamp(name) == digest for name in (lock_name, "test")):
        return 0
    if lock_name == "run" and python.exists() and _stamp("test") == _digest("test"):
        return 0  # the test environment holds everything that running needs
    if not _works(python):
        print("Making a virtual environment in .venv/ …", flush=True)
        try:
            venv.create(VENV, with_pip=True, clear=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"The virtual environment cannot be made in {VENV}: {error}", file=sys.stderr)
            print("On Debian and Ubuntu: sudo apt-get install python3-venv", file=sys.stderr)
            return 1
    print("Installing what Second Story needs (a few minutes the first time) …", flush=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--requirement", str(lock)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        print(
            "Installing did not work; the lines above say why. A network is needed this first time.",
            file=sys.stderr,
        )
        return 1
    (VENV / f"installed-{lock_name}").write_text(digest)
    return 0


def _works(python: Path) -> bool:
    """Whether the environment's interpreter still runs: folders get moved and Pythons replaced."""
    if not python.exists():
        return False
    done = subprocess.run([str(python), "-c", "import pip"], capture_output=True, check=False)
    return done.returncode == 0 and str(VENV) in os.fspath(python)


def _stamp(name: str) -> str:
    try:
        return (VENV / f"installed-{name}").read_text()
    except OSError:
        return ""


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / f"{name}.txt").read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
