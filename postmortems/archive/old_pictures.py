"""The pictures of an old write-up are brought in with it, where their files lie beside it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.base import ContentFile

from postmortems.accounts.models import User
from postmortems.archive.beside import Beside
from postmortems.incidents.models import Incident
from postmortems.writeup.files.old import pictures
from postmortems.writeup.files.old.writeup import OldWriteup
from postmortems.writeup.images import actions as images
from postmortems.writeup.images.picture import NotAPicture

TOLD = 5  # of a kind, by name


@dataclass
class Shown:
    """What a write-up shows: the bytes of files by their address, and what is to be said of the others."""

    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # address → name, bytes
    notes: list[str] = field(default_factory=list)


def look(path: str, found: OldWriteup, beside: Beside) -> Shown:
    """Nothing is kept yet."""
    shown, missing, elsewhere = Shown(), [], []
    for text in found.texts.values():
        local, others = pictures.addresses(text)
        elsewhere += others
        for address in local:
            if address in shown.files or address in missing:
                continue
            file = next(
                ((one, raw) for one in pictures.places(path, address) if (raw := beside(one)) is not None),
                None,
            )
            if file:
                shown.files[address] = file
            else:
                missing.append(address)
    shown.notes = _told("The picture {} does not lie beside it; its words stay.", missing)
    if elsewhere:
        many = len(dict.fromkeys(elsewhere))
        shown.notes.append(
            f"{many} picture{'' if many == 1 else 's'} of other sites {'is' if many == 1 else 'are'} not fetched: the text leads there."
        )
    return shown


def keep(incident: Incident, found: OldWriteup, shown: Shown, by: User, now: datetime) -> int:
    """Brings them in and has the texts show them; the number of those that came."""
    numbers: dict[str, int] = {}
    for address, (name, raw) in shown.files.items():
        try:
            kept = images.keep(
                incident=incident, by=by, upload=ContentFile(raw, name=posixpath.basename(name)), now=now
            )  # fmt: skip
        except (NotAPicture, images.NotPossible) as trouble:
            shown.notes.append(f"The picture {address[:120]} was not taken. {trouble}")
        else:
            numbers[address] = kept.image.number
    found.texts = {key: pictures.numbered(text, numbers) for key, text in found.texts.items()}
    return len(numbers)


def _told(sentence: str, addresses: list[str]) -> list[str]:
    notes = [sentence.format(address[:120]) for address in addresses[:TOLD]]
    return [*notes, f"So it is with {len(addresses) - TOLD} more."] if len(addresses) > TOLD else notes
