"""Run one command with short-lived servers: `python -m dev.with_servers COMMAND …`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from dev.embedded import CannotStart, servers


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="second-story-") as folder:
        try:
            with servers(Path(folder), durable=False) as running:
                environment = {"SECRET_KEY": "only-for-this-run", "VAR": folder} | os.environ
                environment |= {"DATABASE_URL": running.database_url, "REDIS_URL": running.redis_url}
                _compile_once(environment, Path(folder))
                return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
        except CannotStart as error:
            print(error, file=sys.stderr)
            return 1


def _compile_once(environment: dict[str, str], folder: Path) -> None:
    """Where Python is told to keep nothing beside the sources, dozens of processes would each compile all of it."""
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")


if __name__ == "__main__":
    sys.exit(main())
