"""`make fuzz`: a coverage-guided fuzzer on every reader of evidence, so many seconds each.

    python -m dev.fuzz [--seconds 60] [FORMAT …]

Each reader is given the real samples of ../shared, where they are, and what the fuzzer makes of them; the
first byte of an input says which answers a person gave. A reader may yield records and notes and raise
Unreadable; anything else, a second without an answer, or 512 MB is a finding, which is kept in var/fuzz/
and belongs into tests/timelines/formats/test_bad_input.py.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
FOUND = ROOT / "var" / "fuzz"
SAMPLES = ROOT.parent / "shared" / "samples"
LARGEST_SEED = 200_000  # bytes


class Memory:
    """One file that is not on a disk."""

    def __init__(self, name: str, body: bytes) -> None:
        self.name, self.names, self.body = name, [name], body

    def open(self, name: str):
        return io.BufferedReader(io.BytesIO(self.body))

    def size(self, name: str) -> int:
        return len(self.body)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("formats", nargs="*")
    asked = parser.parse_args()
    from timelines.formats import FORMATS

    unknown = set(asked.formats) - set(FORMATS)
    if unknown:
        print(f"There is no format {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    failed = [key for key in asked.formats or FORMATS if not _in_a_process(key, asked.seconds)]
    print(f"Findings in {FOUND}: {', '.join(failed)}" if failed else "Nothing was found.")
    return 1 if failed else 0


def _in_a_process(key: str, seconds: int) -> bool:
    """libFuzzer ends its process at the first finding, so each reader has its own."""
    corpus, found = FOUND / key / "corpus", FOUND / key / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(_seeds(key)):
        (corpus / f"seed-{number}").write_bytes(b"\x00" + seed)
    limits = [f"-max_total_time={seconds}", "-timeout=1", "-rss_limit_mb=512", "-max_len=20000"]
    command = [sys.executable, "-m", "dev.fuzz", *limits, f"-artifact_prefix={found}/", str(corpus)]
    environment = os.environ | {"SECOND_STORY_FUZZ": key}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    runs = [row for row in done.stderr.splitlines() if row.startswith(("Done ", "stat::"))]
    print(
        f"{key:<16} {'; '.join(runs) if done.returncode == 0 else 'FOUND ' + _cause(done.stderr)}", flush=True
    )
    return done.returncode == 0


def _cause(told: str) -> str:
    rows = told.splitlines()
    uncaught = [rows[place + 1] for place, row in enumerate(rows[:-1]) if "Uncaught" in row]
    return (uncaught or [row for row in rows if "ERROR:" in row] or rows[-1:] or [""])[0]


def _seeds(key: str):
    """Real files that are recognised as this format."""
    from timelines.reading import Reading, Unreadable

    for path in sorted(SAMPLES.rglob("*")) if SAMPLES.is_dir() else ():
        if path.is_file() and path.stat().st_size <= LARGEST_SEED and path.suffix != ".zip":
            try:
                if Reading(path).detection.format.key == key:
                    yield path.read_bytes()
            except Unreadable:
                continue


def _fuzz(key: str) -> None:
    import atheris

    with atheris.instrument_imports(include=["timelines.formats"]):
        from timelines.formats import FORMATS
    from timelines.formats.base import Context, Unreadable

    format = FORMATS[key]
    answers = {
        0: {"zone": ZoneInfo("UTC"), "year": 2026, "day": date(2026, 3, 10), "captured": datetime(2026, 3, 10, 18, tzinfo=UTC)},
        1: {},
        2: {"zone": ZoneInfo("America/New_York"), "year": 1990, "mapping": {"time": "time", "text": "text"}},
    }  # fmt: skip

    def one(data: bytes) -> None:
        if not data:
            return
        bundle = Memory("file", data[1:])
        try:
            format.sniff(bundle, data[1:65537])
            for _ in format.read(bundle, Context(**answers.get(data[0], answers[0]))):
                pass
        except Unreadable:
            pass

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    if key := os.environ.get("SECOND_STORY_FUZZ"):
        _fuzz(key)
    else:
        sys.exit(main())
