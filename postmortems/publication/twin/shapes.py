"""What the inside of a house looks like in a text: machines, addresses, tickets, keys. One rule for each kind. Pure.

A rule says what it found in a word that a reviewer understands, and what outsiders could read instead. What has the
look of an inner thing and is none (UTF-8, COVID-19, Node.js, CVE-2021-44228) is known by name. The sources are the
formats themselves: RFC 1123 and 4291 (hosts, addresses), RFC 6762 and ICANN's reserved names (`.internal`, `.home.arpa`),
the makers' documents of their resource names (AWS, Google Cloud, Azure, Kubernetes), RFC 9562 (UUID).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from postmortems.publication.twin.lexicon import (
    ENDS,
    FILES,
    INNER_ENDS,
    NO_MACHINES,
    NO_TICKETS,
    NUMBERS,
    PRODUCTS,
    TOOLS,
)

TAKE_OUT = ""


@dataclass(frozen=True)
class Shape:
    """`check` gets what was found and says whether it is meant; `instead` is what we would put, "" where a link goes."""

    kind: str
    instead: str
    pattern: re.Pattern
    check: Callable[[str], bool] = lambda found: True


def _shape(
    kind: str,
    instead: str,
    pattern: str,
    check: Callable[[str], bool] = lambda found: True,
    *,
    flags: int = 0,
) -> Shape:
    return Shape(kind, instead, re.compile(pattern, flags), check)


# --- hosts -----------------------------------------------------------------------------------------

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"


def _is_host(found: str) -> bool:
    labels = found.rstrip(".").lower().split(".")
    if found.lower() in PRODUCTS or all(label.isdigit() for label in labels):
        return False
    if labels[-1] in FILES and len(labels) == 2:
        return False
    return labels[-1] in INNER_ENDS | ENDS or labels[-1] in FILES and len(labels) > 3


# Regions and zones of the clouds, which are the same for everybody.
REGION = re.compile(
    r"(?:us|eu|ap|sa|ca|me|af|il|cn|mx|asia|europe|australia|northamerica|southamerica|africa)-(?:gov-)?[a-z]+-?\d{1,2}(?:-?[a-z])?"
)
_MACHINES = (
    r"(?:db|web|www|app|api|host|node|srv|svr|server|worker|cache|redis|kafka|mysql|maria|postgres|pgsql|pg|sql|es|elastic|solr|lb|proxy|nginx|haproxy|envoy"
    r"|gw|gateway|router|rtr|switch|sw|rack|vm|box|bastion|jump|etcd|consul|vault|zk|mongo|cassandra|rabbit|rabbitmq|mq|queue|cron|shard|replica|primary"
    r"|secondary|master|slave|leader|follower|edge|pop|fw|vpn|ns|dns|mx|mail|smtp|build|ci|runner|agent|pod|broker|cluster|prod|stage|staging|log|logs|metrics|prom|nfs|nas|san|esx|esxi|hv|dc|colo|az)"
)


def _is_machine(found: str) -> bool:
    words = found.lower().split("-")
    return words[0] not in NO_MACHINES and not set(words[:-1]) & NUMBERS and not REGION.fullmatch(found)


def _is_ip(found: str) -> bool:
    try:
        ip_address(found.split("/")[0].split("%")[0])
    except ValueError:
        return False
    return True


def _is_ipv6(found: str) -> bool:
    if (
        found.count(":") < 2
        or not re.search(r"[0-9a-fA-F]", found)
        or "::" not in found
        and found.count(":") != 7
    ):
        return False
    try:
        IPv6Address(found.split("/")[0].split("%")[0])
    except ValueError:
        return False
    return True


# --- tickets, keys ---------------------------------------------------------------------------------


def _is_ticket(found: str) -> bool:
    return found.split("-")[0] not in NO_TICKETS


def _is_hex(found: str) -> bool:
    return sum(sign.isdigit() for sign in found) > 1 and sum(sign.isalpha() for sign in found) > 1


def _is_path(found: str) -> bool:
    names = [name for name in found.split("/") if name]
    return (
        len(names) > 1
        and not all(len(name) <= 2 for name in names)
        and not all(name.isdigit() for name in names)
    )


_START = r"(?<![\w@])"
SHAPES = (
    _shape("link", TAKE_OUT, r"\b(?!event:|condition:|item:|role:|image:)[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s<>\"'`|\\^{}\[\]]*[^\s<>\"'`|\\^{}\[\].,;:!?)*_]"),
    _shape("cloud resource", "a cloud resource", r"\barn:aws[a-z-]*:[A-Za-z0-9-]*:[A-Za-z0-9-]*:\d*:[^\s,;\"'`)]*[A-Za-z0-9*]"),
    _shape("cloud resource", "a cloud resource", r"(?<![\w/])/?(?:subscriptions|projects|resourceGroups|organizations|folders)/[\w.-]{3,}(?:/[\w.-]+)*", flags=re.I),
    _shape("cloud resource", "a cloud resource", r"\b(?:i|vol|sg|subnet|vpc|ami|eni|rtb|igw|nat|acl|lt|snap|eipalloc|eipassoc|vpce|tgw|pcx|dopt|aki|ari|fs|cgw|vgw|ws|d)-[0-9a-f]{8,17}\b", lambda found: any(sign.isdigit() for sign in found.split("-")[1])),
    _shape("account number", "an account", r"(?<![\w.-])(?:\d{12}|\d{4}-\d{4}-\d{4})(?![\w.-])"),
    _shape("e-mail address", "an e-mail address", r"(?<![\w.+-])[\w.+'-]{1,64}@(?:[\w-]+\.)+[A-Za-z]{2,24}\b"),
    _shape("UUID", "an id", r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"),
    _shape("network address", "a network address", r"(?<![\w.:])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\w.]\w)", _is_ip),
    _shape("network address", "a network address", r"(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?:%\w+)?(?:/\d{1,3})?(?![\w:])", _is_ipv6),
    _shape("network address", "a network address", r"\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b"),
    _shape("host", "a host", rf"(?<![\w@./-])(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{1,23}}(?::\d{{2,5}})?(?![\w(/-]|\.\w)", lambda found: _is_host(found.split(":")[0])),
    _shape("host", "a host", rf"(?<![\w@./-])(?:{_LABEL}\.)+(?:{'|'.join(sorted(INNER_ENDS - {'int', 'test'}))})(?::\d{{2,5}})?(?![\w-])"),
    _shape("pod", "a pod", r"(?<![\w-])[a-z][a-z0-9]*(?:-[a-z0-9]+){0,8}-(?=[a-z]*\d)[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b"),
    _shape("pod", "a pod", r"(?<![\w-])[a-z][a-z0-9]*(?:-[a-z0-9]+){0,8}-[0-9a-f]{8,10}-[a-z0-9]{5}\b", lambda found: any(sign.isdigit() for sign in found.split("-")[-2])),
    _shape("host", "a host", r"\bip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}\b"),
    _shape("host", "a host", r"(?<![\w@./-])[a-z][a-z0-9]*(?:-[a-z0-9]+){0,8}-\d{1,4}[a-z]?(?![\w-]|\.\d)", _is_machine),
    _shape("host", "a host", rf"(?<![\w@./-])(?:[a-z0-9]+-){{0,8}}{_MACHINES}\d{{1,4}}(?:-[a-z0-9]+){{0,8}}(?![\w-]|\.\d)", lambda found: found not in ("es6", "es5", "es7", "es8", "dns1", "az1", "sql92")),
    _shape("incident", "another incident", r"\b[A-Z]{2,10}-\d{4}-\d{1,7}\b", _is_ticket),
    _shape("ticket", "a ticket", r"\b[A-Z][A-Z0-9]{1,9}-\d{1,7}\b(?!-)", _is_ticket),
    _shape("ticket", "a ticket", r"(?<![\w&#/])#\d{2,7}\b"),
    _shape("handle", "a colleague", r"(?<![\w@./:])<?@[A-Za-z][\w.-]{0,38}[\w]>?"),
    _shape("channel", "a channel", r"(?<![\w&#/:.])#[a-z][a-z0-9_-]*[a-z][a-z0-9_-]*\b(?!;)"),
    _shape("path", "a path", r"(?<![\w:/.<~])~?(?:/[\w.@+~{}-]+){2,}/?", _is_path),
    _shape("path", "a path", r"\b[A-Za-z]:\\[^\s\"'<>|]+|(?<!\\)\\\\[\w.-]+\\[^\s\"'<>|]+"),
    _shape("id", "an id", r"\b[a-z]{2,8}_[A-Za-z0-9]{14,}\b", lambda found: any(sign.isdigit() for sign in found)),
    _shape("id", "an id", r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b"),
    _shape("id", "an id", r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b", _is_hex),
    _shape("telephone number", "a telephone number", r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"),
)  # fmt: skip


def leads_inside(address: str, domains: frozenset[str] = frozenset()) -> bool:
    """Whether an address is one of the house: an inner host, one of its `domains`, or a tool that needs a sign-in."""
    scheme, _, rest = address.partition("://")
    host = re.split(r"[/?#]", rest.rpartition("@")[2] if "@" in rest.split("/")[0] else rest)[0].lower()
    host = re.sub(r":\d+$", "", host).strip("[]")
    if scheme.lower() not in ("http", "https") or "." not in host or _is_ip(host):
        return True
    ends = {*domains, *TOOLS}
    return host.split(".")[-1] in INNER_ENDS or any(
        host == end or host.endswith(f".{end}") for end in ends if end
    )
