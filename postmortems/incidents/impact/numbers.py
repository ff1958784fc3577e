"""Numbers as people write them. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:[, '’.\u00a0\u202f]\d{3})+")
PLAIN = re.compile(r"[+-]?\d+")
A_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}")  # before which a point may be of either kind
WITH_UNIT = re.compile(r"([+-]?\d(?:[\d,.'’\u00a0\u202f ]*\d)?)\s*(\D.*)?", re.S)
LARGEST = Decimal(10) ** 17


def split(text: str) -> tuple[str, str]:
    """The number at the beginning of a text and the words behind it: "1,914 people" is "1,914" and "people"."""
    found = WITH_UNIT.fullmatch(text.strip())
    return (found[1], (found[2] or "").strip()) if found else (text.strip(), "")


def number_of(text: str) -> Decimal:
    """1914, 1,914, 1 914, 0.75 and 0,75. Raises ValueError for anything else, and for what could be read in two ways.

    A single group of three digits behind a comma or a blank is a thousand; behind a point it is a thousand to some
    people and a fraction to others, so that 1.914 is asked about.
    """
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    whole, mark, fraction = _parts(text)
    if mark == "." and len(fraction) == 3 and A_GROUP.fullmatch(whole):
        raise ValueError(f"{text} can be read in two ways. Write {whole}{fraction} or {whole}.{fraction}0.")
    grouped = GROUPS.fullmatch(whole) and (not mark or mark not in whole)
    if not (PLAIN.fullmatch(whole) or grouped) or (mark and not re.fullmatch(r"\d{1,9}", fraction)):
        raise ValueError("This is not a number. Write it like 1914 or 0.75.")
    number = Decimal(re.sub(r"[^\d+-]", "", whole) + (f".{fraction}" if mark else ""))
    if abs(number) >= LARGEST or number != round(number, 3):
        raise ValueError("At most seventeen digits, and three behind the point.")
    return number


def _parts(text: str) -> tuple[str, str, str]:
    """What stands before and behind the sign of the fraction; without one, all of it before."""
    if GROUPS.fullmatch(text) and text.count(".") != 1:
        return text, "", ""
    place = max(text.rfind("."), text.rfind(","))
    return (text, "", "") if place < 0 else (text[:place], text[place], text[place + 1 :])
