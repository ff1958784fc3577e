"""The order of the floors: a later stage knows the earlier ones, never the other way round."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Top floor first; rooms on one line do not see each other.
FLOORS = [
    [
        "postmortems.urls",
        "postmortems.celery",
        "postmortems.settings",
        "postmortems.wsgi",
        "postmortems.__init__",
    ],
    ["postmortems.demo"],
    ["postmortems.desk"],
    ["postmortems.archive"],
    ["postmortems.publication"],
    ["postmortems.meetings"],
    ["postmortems.remediation"],
    ["postmortems.writeup"],
    ["postmortems.interviews"],
    ["timelines"],
    ["postmortems.incidents"],
    ["postmortems.accounts"],
    ["postmortems.audit"],
    [
        "postmortems.language",
        "postmortems.calendars",
        "postmortems.markdown",
        "postmortems.notices",
        "postmortems.web",
    ],
]
# A bottom room may use the bottom rooms that stand on nothing themselves.
ON_THE_GROUND = {
    ("postmortems.notices", "postmortems.web"),
    ("postmortems.notices", "postmortems.calendars"),
    ("postmortems.web", "postmortems.markdown"),
}
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def room_of(module: str) -> str | None:
    if module == "postmortems":
        return "postmortems.__init__"
    return next((room for room in FLOOR if module == room or module.startswith(room + ".")), None)


def modules():
    for top in ("postmortems", "timelines"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__") if name.count(".") > 1 or top == "timelines" else name, path


def imported(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


@pytest.mark.parametrize(
    ("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_imports_go_down_the_floors(module, path):
    room = room_of(module)
    assert room, f"{module} stands in no room: give it a line in tests/test_floors.py first"
    for name, line in imported(path):
        other = room_of(name) if name.startswith(("postmortems", "timelines")) else None
        if other is None or other == room or (room, other) in ON_THE_GROUND or room in FLOORS[0]:
            continue
        assert FLOOR[other] > FLOOR[room], f"{path.relative_to(ROOT)}:{line}: {room} may not know {other}"


def test_pure_rooms_know_no_django():
    for room in ("calendars", "language"):
        for path in (ROOT / "postmortems" / room).rglob("*.py"):
            assert not [name for name, _ in imported(path) if name.startswith("django")], path
    for path in [
        *(ROOT / "timelines" / "formats").rglob("*.py"),
        *(ROOT / "timelines" / "picture").rglob("*.py"),
        ROOT / "timelines" / "reading.py",
    ]:
        assert not [name for name, _ in imported(path) if name.startswith("django")], path
