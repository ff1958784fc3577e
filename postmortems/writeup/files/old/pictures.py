"""Pictures of an old write-up: which it shows, where they may lie, and its text with our numbers in their place. Pure.

1. A picture is an image of Markdown, inline or by a definition, or an `<img>` of HTML. What stands in a block of code is code.
2. Its file is looked for beside the write-up, then from the top of the folder and of its folders for web sites; never above.
3. Pictures of other sites stay where they are: the text leads there.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

INLINE = re.compile(
    r"""!\[(?P<alt>[^\[\]]{0,500})\]\(\s{0,9}(?:<(?P<pointed>[^<>\n]{1,500})>|(?P<bare>[^()\s<>]{1,500}))"""
    r"""(?:\s{1,9}(?:"[^"\n]{0,500}"|'[^'\n]{0,500}'))?\s{0,9}\)"""
)
DEFINED = re.compile(
    r"""(?m)^(?P<label>[ ]{0,3}\[[^\[\]\n]{1,200}\]:[ \t]{0,9})<?(?P<address>[^\s<>]{1,500}\.(?:png|jpe?g|gif|webp|svg))>?(?P<rest>[ \t].{0,500})?$""",
    re.I,
)
TAG = re.compile(r"<img\b[^<>]{0,1000}>", re.I)
SAID = re.compile(
    r"""\b(src|alt)\s{0,3}=\s{0,3}(?:"([^"]{0,500})"|'([^']{0,500})'|([^\s"'>]{1,500}))""", re.I
)
FENCE = re.compile(r"(?ms)^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1|\Z)")
ELSEWHERE = re.compile(r"(?i)[a-z][a-z0-9+.-]{1,20}:|//|\\\\")
TOPS = ("", "static", "public", "assets", "source", "docs")  # where sites keep what “/img/a.png” means
MOST = 200  # pictures of one write-up

Number = Callable[[str], int | None]


def addresses(text: str) -> tuple[list[str], list[str]]:
    """Those that lie beside the write-up, and those of other sites; each once, in order."""
    found: dict[str, None] = {}

    def note(address: str) -> None:
        found[address] = None

    _each(text, note)
    every = list(found)[:MOST]
    return [one for one in every if not ELSEWHERE.match(one)], [one for one in every if ELSEWHERE.match(one)]


def numbered(text: str, numbers: Mapping[str, int]) -> str:
    """The text with `image:7` where one of these addresses stands."""
    return _each(text, numbers.get)


def places(writeup: str, address: str) -> list[str]:
    """Paths within the folder where the file may lie, the likeliest first; none for what would lie outside."""
    try:
        path = unquote(urlsplit(html.unescape(address)).path).replace("\\", "/")
    except ValueError:
        return []
    if not path or "\x00" in path:
        return []
    top = writeup.split("/", 1)[0] + "/" if "/" in writeup else ""  # names begin with that of the folder
    tries = [f"{top}{folder}/{path}" for folder in TOPS]
    if not path.startswith("/"):
        tries.insert(0, f"{posixpath.dirname(writeup)}/{path}")
    inside = (posixpath.normpath(one.lstrip("/")) for one in tries)
    return list(dict.fromkeys(one for one in inside if one.startswith(top) and one.split("/", 1)[0] != ".."))


def _each(text: str, number: Callable[[str], int | None]) -> str:
    """The text with every picture told by its number, where `number` gives one for its address."""
    made, at = [], 0
    for fence in FENCE.finditer(text):
        made += [_outside(text[at : fence.start()], number), fence[0]]
        at = fence.end()
    return "".join([*made, _outside(text[at:], number)])


def _outside(text: str, number: Callable[[str], int | None]) -> str:
    def inline(match: re.Match) -> str:
        known = number(match["pointed"] or match["bare"])
        return f"![{match['alt']}](image:{known})" if known else match[0]

    def defined(match: re.Match) -> str:
        known = number(match["address"])
        return f"{match['label']}image:{known}" if known else match[0]

    def tag(match: re.Match) -> str:
        said = {
            one[1].lower(): html.unescape(one[2] or one[3] or one[4] or "") for one in SAID.finditer(match[0])
        }
        known = number(said["src"]) if said.get("src") else None
        alt = re.sub(r"[\\\[\]*`<]", r"\\\g<0>", " ".join(said.get("alt", "").split()))
        return f"![{alt}](image:{known})" if known else match[0]

    return TAG.sub(tag, DEFINED.sub(defined, INLINE.sub(inline, text)))
