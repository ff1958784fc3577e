"""`make run`: servers, web, worker and beat as real processes, until Ctrl-C; said last: where and as whom."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from dev.embedded import CannotStart, free_port, last_lines, servers, start, stop

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable


class Stopped(Exception):
    """Somebody asked us to end."""


def main() -> int:
    var = Path(os.environ.get("VAR") or ROOT / "var")
    try:
        (var / "log").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(
            f"Second Story keeps its data in {var}, which cannot be written: {error.strerror}.",
            file=sys.stderr,
        )
        return 1
    lock = (var / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print(
            "Second Story is running from this folder already. Stop that one first (Ctrl-C there).",
            file=sys.stderr,
        )
        return 1
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        return _run(var)
    except Stopped:
        print("\nStopped. Your data is kept in var/; `make run` goes on with it.")
        return 0
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1


def _stop(number, frame):
    for again in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)  # one request is enough; stopping takes its few seconds
    raise Stopped


def _run(var: Path) -> int:
    log = var / "log"
    _pango()
    said("Starting PostgreSQL and Valkey …")
    _same_beginnings(var)
    with servers(var, log=log) as running:
        port = free_port(wanted := int(os.environ.get("PORT") or 8000))
        if port != wanted:
            said(f"Port {wanted} is taken by something else; using {port}.")
        environment = os.environ | {
            "DATABASE_URL": running.database_url,
            "REDIS_URL": running.redis_url,
            "SECRET_KEY": os.environ.get("SECRET_KEY") or _secret_key(var),
            "SITE_URL": os.environ.get("SITE_URL") or f"http://localhost:{port}",
            "VAR": str(var),
            "PYTHONUNBUFFERED": "1",
        }
        _remember(var, environment)
        said("Preparing the database …")
        _manage("migrate", "--verbosity=0", environment=environment)
        _manage("collectstatic", "--noinput", "--verbosity=0", environment=environment)
        said("Making sure there is something to look at …")
        _manage("demo", "--if-empty", environment=environment)
        bind = os.environ.get("BIND") or "127.0.0.1"
        commands = {
            "web": [PYTHON, "-m", "gunicorn", "postmortems.wsgi", "--bind", f"{bind}:{port}", "--workers=2"]
            + ["--threads=24", "--access-logfile=-", "--control-socket-disable"],
            "worker": [
                PYTHON,
                "-m",
                "celery",
                "-A",
                "postmortems",
                "worker",
                "--concurrency=2",
                "--loglevel=INFO",
            ],
            "beat": [PYTHON, "-m", "celery", "-A", "postmortems", "beat", "--loglevel=INFO"],
        }
        if "--control-socket-disable" not in _gunicorn_help():
            commands["web"].remove("--control-socket-disable")
        processes: dict[str, subprocess.Popen] = {}
        try:
            for name, command in commands.items():
                processes[name] = start(command, log / f"{name}.log", cwd=ROOT, env=environment)
            _wait_for_web(f"http://127.0.0.1:{port}/readyz", processes["web"], log / "web.log")
            _say_where(environment["SITE_URL"])

            def again(name: str) -> None:
                processes[name] = start(commands[name], log / f"{name}.log", cwd=ROOT, env=environment)

            return _watch(running.processes, processes, again, log)
        finally:
            for name in ("beat", "worker", "web"):
                if name in processes:
                    stop(processes[name])
            (var / "running.json").unlink(missing_ok=True)


def said(sentence: str) -> None:
    print(sentence, flush=True)


def _pango() -> None:
    """Say which package is missing before a publication finds out."""
    done = subprocess.run([PYTHON, "-c", "import weasyprint"], capture_output=True, text=True, check=False)
    if done.returncode:
        library = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "unknown trouble"
        raise CannotStart(
            "PDFs are set with Pango, which this machine does not have. Install it and run `make run` again:\n"
            "  Debian, Ubuntu: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n"
            "  Fedora: sudo dnf install pango    Alpine: sudo apk add pango    macOS: brew install pango\n"
            f"({library})"
        )


def _gunicorn_help() -> str:
    return subprocess.run(
        [PYTHON, "-m", "gunicorn", "--help"], capture_output=True, text=True, check=False
    ).stdout


def _secret_key(var: Path) -> str:
    path = var / "secret-key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def _same_beginnings(var: Path) -> None:
    """Until the first release a room's one migration is written anew; a database begun with another one cannot follow.

    Raises CannotStart with what to do; nothing is ever deleted here. Only a server of our own is looked at.
    """
    if os.environ.get("DATABASE_URL"):
        return
    found = hashlib.sha256()
    for file in sorted(
        [*ROOT.glob("postmortems/*/migrations/0001_*.py"), *ROOT.glob("timelines/migrations/0001_*.py")]
    ):
        found.update(file.read_bytes())
    stamp = var / "begun-with"
    if (var / "postgresql").exists() and (not stamp.exists() or stamp.read_text() != found.hexdigest()):
        raise CannotStart(
            f"The database in {var} was begun by an earlier version of Second Story, whose tables this one cannot take over. "
            f"Move {var} away to begin with an empty one, or go back to that version to export what you need."
        )
    var.mkdir(parents=True, exist_ok=True)
    stamp.write_text(found.hexdigest())


def _remember(var: Path, environment: dict) -> None:
    """Lets `manage.py` find the servers while they run; read by nobody but their owner."""
    told = {
        name: environment[name] for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "VAR")
    }
    path = var / "running.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(told, file)


def _manage(*words: str, environment: dict) -> None:
    done = subprocess.run([PYTHON, "manage.py", *words], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise CannotStart(
            f"`manage.py {words[0]}` ended with status {done.returncode}; the lines above say why."
        )


def _wait_for_web(address: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 our own address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        if process.poll() is not None or time.monotonic() > end:
            raise CannotStart(f"The web server does not answer:\n{last_lines(log)}")
        time.sleep(0.1)


def _say_where(site: str) -> None:
    said(
        f"""
Second Story is running; logs are in var/log/, letters in var/mail/. Ctrl-C stops everything.

  Open     {site}
  Sign in  mara@lanternstreet.example   (lead reviewer)
           password: second-story-demo
"""
    )


def _watch(
    servers: dict[str, subprocess.Popen],
    processes: dict[str, subprocess.Popen],
    again: Callable[[str], None],
    log: Path,
) -> int:
    """Until asked to stop. A process of ours that dies is started again, up to three times a minute; a server ends it all."""
    deaths: list[float] = []
    while True:
        for name, process in (servers | processes).items():
            if process.poll() is None:
                continue
            deaths = [at for at in deaths if time.monotonic() - at < 60] + [time.monotonic()]
            if name in servers or len(deaths) > 3:
                raise CannotStart(
                    f"{name} ended by itself (status {process.returncode}). Everything was stopped; "
                    f"run `make run` again. Its last lines:\n{last_lines(log / f'{name}.log')}"
                )
            said(
                f"{name} ended by itself (status {process.returncode}) and is started again; see var/log/{name}.log."
            )
            again(name)
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
