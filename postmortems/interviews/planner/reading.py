"""A problem from a file of JSON, with whatever is wrong with the file told in one sentence."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from postmortems.interviews.planner.problem import ProblemError, shown

# A thousand people with a year of appointments each are a tenth of it.
LARGEST = 64 * 1024 * 1024


def read_json(file: str) -> Any:
    """What the file (`-` for standard input) holds. Raises ProblemError.

    Stricter than JSON readers often are: a key stands once in its object, and there is no NaN or Infinity.
    """
    data = _bytes(file)
    try:
        return json.loads(data, object_pairs_hook=_object, parse_constant=_no_number, parse_int=_whole)
    except RecursionError as error:
        raise ProblemError("The problem is nested too deeply to be one.") from error
    except UnicodeDecodeError as error:
        raise ProblemError("The problem must be JSON in UTF-8.") from error
    except json.JSONDecodeError as error:
        raise ProblemError(f"The problem is not JSON: {error}.") from error


def _bytes(file: str) -> bytes:
    try:
        if file == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(LARGEST + 1)
    except OSError as error:
        raise ProblemError(f"{shown(file)} cannot be read: {error.strerror}.") from error
    if len(data) > LARGEST:
        raise ProblemError(f"The problem is larger than {LARGEST // 1024 // 1024} MB.")
    return data


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise ProblemError(f"The key {shown(twice)} stands twice in one object.")
    return found


def _no_number(word: str) -> Any:
    raise ProblemError(f"The problem is not JSON: {word} is no number.")


def _whole(digits: str) -> int:
    if len(digits) > 300:
        raise ProblemError(f"A number of {len(digits)} digits is too large to mean anything here.")
    return int(digits)
