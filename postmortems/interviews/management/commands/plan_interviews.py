"""`plan_interviews FILE.json`: the planner on a problem described in JSON, without any database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from postmortems.interviews.planner.soak import ProblemError, parse_problem, plan


class Command(BaseCommand):
    help = "Plan interviews between soak and fade from a problem in JSON, and print the answer as JSON."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE.json", help="the problem; - reads standard input")
        parser.add_argument(
            "--time-limit",
            type=float,
            default=5.0,
            metavar="SECONDS",
            help="how long to look for a schedule beyond 12 people and 4 interviewers (default: 5)",
        )
        parser.add_argument("--json", action="store_true", help="the answer is JSON with or without this")

    def handle(self, *args, file: str, time_limit: float, **options):
        try:
            problem = parse_problem(_read(file))
        except ProblemError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        answer = plan(problem, time_limit=time_limit).as_json()
        self.stdout.write(json.dumps(answer, indent=2))


def _read(file: str) -> Any:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise ProblemError(f"{file} cannot be read: {error.strerror}.") from error
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ProblemError("The problem is nested too deeply to be one.") from error
    except UnicodeDecodeError as error:
        raise ProblemError("The problem must be JSON in UTF-8.") from error
    except ValueError as error:
        raise ProblemError(f"The problem is not JSON: {error}.") from error
