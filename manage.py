#!/usr/bin/env python
import json
import os
import secrets
import sys
from pathlib import Path

# These read a file and print: they need neither a database nor a secret.
PURE = {"read_evidence", "plan_interviews", "coach"}


def beside_make_run() -> dict[str, str]:
    """The addresses of the servers that `make run` started, while it runs."""
    var = Path(os.environ.get("VAR") or Path(__file__).resolve().parent / "var")
    try:
        return json.loads((var / "running.json").read_text())
    except (OSError, ValueError):
        return {}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postmortems.settings")
    if "DATABASE_URL" not in os.environ:
        for name, value in beside_make_run().items():
            os.environ.setdefault(name, value)
    exported = sys.argv[1:2] == ["check_archive"] and len(sys.argv) > 2
    if exported or PURE.intersection(sys.argv[1:2]):
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe())
        os.environ.setdefault("DATABASE_URL", "postgresql:///none-is-needed")
    if sys.argv[1:2] == ["plan_interviews"]:
        # Neither does planning need the rooms, whose loading would take a fifth of the time it has.
        from postmortems.interviews.management.commands.plan_interviews import Command

        Command().run_from_argv(sys.argv)
        sys.exit()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
