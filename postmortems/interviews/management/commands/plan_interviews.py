"""`plan_interviews FILE.json`: the planner on a problem described in JSON, without any database."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand

from postmortems.interviews.planner.reading import read_json
from postmortems.interviews.planner.soak import ProblemError, parse_problem, plan

LEAST = 0.4  # the share of the time limit that is for planning, however long the start took


class Command(BaseCommand):
    help = "Plan interviews between soak and fade from a problem in JSON, and print the answer as JSON."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE.json", help="the problem; - reads standard input")
        parser.add_argument(
            "--time-limit",
            type=_seconds,
            default=5.0,
            metavar="SECONDS",
            help="when to be done beyond 12 people and 4 interviewers, from the start of the program (default: 5)",
        )
        parser.add_argument("--json", action="store_true", help="the answer is JSON with or without this")

    def handle(self, *args, file: str, time_limit: float, **options):
        try:
            problem = parse_problem(read_json(file))
        except ProblemError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        left = max(LEAST * time_limit, time_limit - _seconds_since_start())
        self.stdout.write(json.dumps(plan(problem, time_limit=left).as_json(), indent=2))


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 24 * 3600:
        raise argparse.ArgumentTypeError("from 0 seconds to a day, please")
    return seconds


def _seconds_since_start() -> float:
    """How long this process has been running, to a hundredth of a second; nothing where that cannot be told."""
    try:
        # After the name, which may hold anything but is in brackets, the twentieth field is the start in ticks.
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        since = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0
    return since if math.isfinite(since) and since > 0 else 0.0
