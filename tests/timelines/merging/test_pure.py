"""The rules of merging stand alone: no Django, no database, no clock of their own."""

from __future__ import annotations

import ast

import pytest

from tests.test_floors import ROOT, imported


@pytest.mark.parametrize("name", ["names", "traces", "clocks", "same", "gaps"])
def test_the_rules_know_no_django_and_ask_no_clock(name):
    path = ROOT / "timelines" / "merging" / f"{name}.py"
    known = {module for module, _ in imported(path)}
    assert not {
        module for module in known if module.startswith(("django", "postmortems", "timelines.models"))
    }
    called = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert not called & {"now", "utcnow", "today"}
