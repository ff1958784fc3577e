"""Questions by what kind of moment they are about; our own words, after the groups named in docs/policies.md.

They ask how and what, never why or who, and presuppose nothing about how it ended.
"""

GROUPS = (
    ("Opening", "At the start", ("How did you come into this, and what did you understand at that moment?", "Tell it from where you sat: what came first for you?")),
    ("What was noticed", "alert, dashboard, message", ("What were you looking at when you saw this?", "What stood out, and what was missing?")),
    ("What it meant then", "a first idea, a diagnosis", ("What did you take it to mean at that moment?", "What else seemed possible?")),
    ("Experience", "the first action, somebody joining", ("What did this remind you of?", "What would somebody new to this not have known?")),
    ("Goals", "a decision", ("What mattered most right then?", "Which goals pulled against each other?")),
    ("Acting", "a change, a rollback", ("Which ways did you see at that point?", "How much time did it feel as if there was?")),
    ("Outcome", "after an action", ("How did it compare with what you expected?", "What did you look at to tell?")),
    ("Talking", "a hand-over, an escalation", ("How did word reach the others?", "What did you assume they knew?")),
    ("Help", "a page, a call for help", ("What made this the moment to ask for help?", "What was hard about getting it?")),
    ("Closing", "At the end", ("What did I not ask that I would need to understand this?", "What went well that nobody will mention?")),
)  # fmt: skip
