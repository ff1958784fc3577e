"""Every change that makes one line of many. A person proposes nothing and confirms everything; all of it can be undone."""

from timelines.merging.actions.clocks import accept_clock, take_back_clock
from timelines.merging.actions.groups import ask_again, group, say_apart, take_apart
from timelines.merging.actions.people import map_names, refuse, suggest_again, unmap
from timelines.merging.actions.questions import answer, ask, reopen, withdraw

__all__ = [
    "accept_clock", "answer", "ask", "ask_again", "group", "map_names", "refuse", "reopen", "say_apart", "suggest_again", "take_apart",
    "take_back_clock", "unmap", "withdraw",
]  # fmt: skip
