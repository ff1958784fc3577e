"""What a question is about, read from its words. Pure."""

from __future__ import annotations

import re

SUBJECT = r"(?P<subject>it|this|that|they|he|she|we|there|everybody|everyone|nobody|no one|somebody|someone|(?:the|a|an|your|our|their|its|this|that|these|those|his|her) [\w-]+(?: (?:of|in|on|for) (?:the |your )?[\w-]+)?|\w+)"
THOUGHT = r"(?:think|believe|assume|suspect|expect|guess|figure|conclude|decide that|suppose|imagine)"
CHECK = r"(?:check|checked|look(?:ed)? (?:at|into)|read|see|seen|saw|notice[d]?|consult(?:ed)?|watch(?:ed)?|verif(?:y|ied)|confirm(?:ed)?|test(?:ed)?|spot(?:ted)?|consider(?:ed)?|know(?:n)?(?: about)?|hear(?:d)?(?: about)?|realis(?:e|ed)|realiz(?:e|ed)|review(?:ed)?|observe[d]?|miss(?:ed)?|overlook(?:ed)?|ignore[d]?|forget|forgot(?:ten)?|neglect(?:ed)?|recogni[sz]ed?)"
ENOUGH = r"(?= ?\b(?:before|first|earlier|sooner|instead|when|while|after|until|till|right|immediately|properly|carefully|more|better|in time|at|then|again|and|or|so|too|as|next|by|if|rather)\b|[,.;:?!]|$)"
NOT_AN_OBJECT = {"more", "better", "it", "first", "so", "too", "then", "in", "on", "at", "differently", "up", "down", "harder", "anything", "something", "nothing", ""}  # fmt: skip


def looked_at(question: str) -> str:
    """What somebody is asked to have checked, seen or known: "the logs"."""
    found = re.search(rf"\b{CHECK} (?:that )?(?P<thing>(?:[\w'/.-]+ ?){{1,5}}?){ENOUGH}", question, re.I)
    thing = found["thing"].strip() if found else ""
    thing = re.sub(r"^(?:any|some|all|more|at|a|an)(?= )", "the", thing, flags=re.I)
    return (
        "" if thing.lower() in NOT_AN_OBJECT or thing.lower().startswith(("to ", "how ", "what ")) else thing
    )
