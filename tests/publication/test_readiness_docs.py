from __future__ import annotations

import re
from pathlib import Path

from postmortems.publication.readiness import RULES

TOLD = Path(__file__).resolve().parents[2] / "docs" / "policies.md"


def test_every_rule_is_told_as_it_is():
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \|$", TOLD.read_text(encoding="utf-8"), re.M)
    words = {"blocking": "blocks", "advisory": "advises"}
    assert rows == [
        (rule.code, rule.asks, "always blocks" if rule.final else words[rule.weight]) for rule in RULES
    ]
