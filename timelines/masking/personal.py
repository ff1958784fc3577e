"""The careful look at personal data: numbers by their check digits and plans, addresses by their providers."""

from __future__ import annotations

import re

import phonenumbers
from stdnum import iban, luhn

Span = tuple[int, int]

# Public mail providers: an address there is a person's own, not the one their employer gave them.
_PROVIDERS = frozenset(
    [
        "gmail",
        "googlemail",
        "yahoo",
        "ymail",
        "rocketmail",
        "hotmail",
        "outlook",
        "live",
        "msn",
        "icloud",
        "me",
        "mac",
        "aol",
        "gmx",
        "web",
        "t-online",
        "freenet",
        "proton",
        "protonmail",
        "pm",
        "posteo",
        "mailbox",
        "tutanota",
        "tuta",
        "fastmail",
        "hey",
        "zoho",
        "yandex",
        "mail",
        "inbox",
        "bk",
        "list",
        "rambler",
        "qq",
        "163",
        "126",
        "sina",
        "foxmail",
        "naver",
        "daum",
        "hanmail",
        "libero",
        "virgilio",
        "tiscali",
        "orange",
        "wanadoo",
        "laposte",
        "free",
        "sfr",
        "bluewin",
        "hispeed",
        "seznam",
        "wp",
        "onet",
        "interia",
        "o2",
        "comcast",
        "verizon",
        "att",
        "sbcglobal",
        "btinternet",
        "sky",
        "ntlworld",
        "rediffmail",
        "uol",
        "bol",
        "terra",
    ]
)
_ENDINGS = frozenset(
    [
        "com",
        "net",
        "org",
        "de",
        "at",
        "ch",
        "fr",
        "it",
        "es",
        "uk",
        "co",
        "jp",
        "br",
        "in",
        "ru",
        "cz",
        "pl",
        "me",
        "fm",
        "cn",
        "kr",
        "eu",
        "nl",
        "be",
        "ca",
        "au",
        "mx",
        "ar",
        "se",
        "no",
        "fi",
        "dk",
        "pt",
        "info",
        "cc",
    ]
)


def is_card(text: str, start: int, end: int) -> Span | None:
    """ISO/IEC 7812: the check digit holds, the groups are set in one manner, and it is no part of a longer number."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if before and (before.isalnum() or before in "_.-/#+") or after and (after.isalnum() or after in "_-/"):
        return None
    number = re.sub(r"[ -]", "", text[start:end])
    marks = set(text[start:end]) - set("0123456789")
    groups = [len(group) for group in re.split(r"[ -]", text[start:end])]
    if len(marks) > 1 or groups not in ([16], [4, 4, 4, 4], [15], [4, 6, 5]) or len(set(number)) < 2:
        return None
    known = re.match(r"4|5[1-5]|2[2-7]|3[47]|35|6(?:011|5|4[4-9])", number)
    return (start, end) if known and luhn.is_valid(number) else None


def is_iban(text: str, start: int, end: int) -> Span | None:
    """ISO 13616. What follows in capitals may look like more groups, so groups are given back until it holds."""
    while True:
        if iban.is_valid(text[start:end], check_country=False):
            return start, end
        cut = text.rfind(" ", start, end)
        if cut < start + 14:
            return None
        end = cut


def is_private_mail(text: str, start: int, end: int) -> Span | None:
    """An address at a public provider. Those of an employer say who worked on it, which is evidence."""
    name, _, domain = text[start:end].rpartition("@")
    parts = domain.lower().split(".")
    mine = parts[0] in _PROVIDERS and all(part in _ENDINGS for part in parts[1:])
    role = name.lower() in ("noreply", "no-reply", "git", "postmaster", "abuse", "mailer-daemon")
    return (start, end) if mine and not role else None


def is_telephone(text: str, start: int, end: int) -> Span | None:
    """E.164 with its +, of a country's real numbering plan."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if before and (before.isalnum() or before in "_.+-/") or after and (after.isalnum() or after == "_"):
        return None
    try:
        number = phonenumbers.parse(text[start:end])
    except phonenumbers.NumberParseException:
        return None
    return (start, end) if phonenumbers.is_valid_number(number) else None


def is_labelled_telephone(text: str, start: int, end: int) -> Span | None:
    """A national number after a word that says so; no date and no number with a point in it."""
    value = text[start:end]
    if re.match(r"\d{4}-\d\d-\d\d|\d+\.\d+$|1[5-9]\d{8,11}$", value) or text[end : end + 1].isalnum():
        return None
    return start, end
