"""Flux: its objects, which are read like those of Argo CD where both have the same, and the notifications it sends."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from timelines.formats.base import clean, get
from timelines.formats.changes import first, given, happened, latest, short, some, words
from timelines.formats.documents import guarded, under
from timelines.formats.records import Record, Skipped

FLUX = {"actor": "Flux", "actor_id": "flux", "actor_kind": "system"}
ARGO = {"actor": "Argo CD", "actor_id": "argocd", "actor_kind": "system"}


def name_of(thing: dict) -> str:
    return "/".join(
        part
        for part in (words(get(thing, "metadata", "namespace")), words(get(thing, "metadata", "name")))
        if part
    )


def conditions(thing: dict, name: str, where: str) -> Iterator[Record | Skipped]:
    """Each condition since it last changed."""
    for number, condition in enumerate(get(thing, "status", "conditions", default=None) or []):
        if given(get(condition, "lastTransitionTime")) is not None:
            place = under(where, "status", "conditions", number)
            yield from guarded(place, lambda c=condition, p=place: iter([_condition(c, thing, name, p)]))


def _condition(c: dict, thing: dict, name: str, where: str) -> Record:
    kind, said, reason = words(c.get("type")), clean(c.get("message")), words(c.get("reason"))
    bad = (
        kind.endswith(("Error", "Warning"))
        or (kind == "Ready" and c.get("status") == "False")
        or (kind == "Stalled" and c.get("status") == "True")
    )
    about = f"{words(thing.get('kind')) or 'Application'} {name}".strip()
    what = " ".join(part for part in (kind, words(c.get("status")).lower()) if part)
    return happened(
        c["lastTransitionTime"], f"condition/{words(thing.get('kind'))}/{name}/{kind}/{c['lastTransitionTime']}", f"deploy {'warning' if bad else 'condition'}",
        f"{about}: {what}{f', {reason}' if reason else ''}" + (f": {said}" if said else ""), c, where,
        who=FLUX if reason else ARGO, place=name, noise=not bad, extra=some(condition=kind, status=c.get("status"), reason=reason),
    )  # fmt: skip


def told(thing: dict, where: str) -> Iterator[Record | Skipped]:
    """A Kustomization, HelmRelease or source: the releases in its history and its conditions."""
    name = name_of(thing)
    history = get(thing, "status", "history", default=None)
    for number, entry in enumerate(history if isinstance(history, list) else []):
        place = under(where, "status", "history", number)
        yield from guarded(place, lambda e=entry, p=place: iter([_release(e, thing, name, p)]))
    yield from conditions(thing, name, where)


def _release(entry: dict, thing: dict, name: str, where: str) -> Record:
    state = words(entry.get("status")) or words(entry.get("lastReconciledStatus")) or "unknown"
    version = (
        words(entry.get("chartVersion"))
        or words(get(entry, "metadata", "revision"))
        or short(entry.get("digest"))
    )
    key = words(entry.get("version")) or words(entry.get("digest"))
    when = first(entry.get("lastDeployed"), entry.get("firstReconciled"), entry.get("firstDeployed"))
    return happened(
        when, f"release/{words(thing.get('kind'))}/{name}/{key}", f"deploy {state.lower()}",
        f"{words(thing.get('kind'))} {name}: {words(entry.get('chartName'))} {version} {state}".replace("  ", " "), entry, where,
        until=entry.get("lastReconciled"), known=(entry.get("deleted"),), who=FLUX, place=name,
        extra=some(version=version, number=entry.get("version"), status=state),
    )  # fmt: skip


def notice(n: dict, where: str) -> Record:
    """What Flux' notification controller sends; it has no id, so object, moment, reason and words are it."""
    about = n["involvedObject"]
    kind, name = (
        words(about.get("kind")),
        "/".join(part for part in (words(about.get("namespace")), words(about.get("name"))) if part),
    )
    said, reason = clean(n.get("message")), words(n.get("reason"))
    when = latest([n.get("timestamp")])
    parts = (words(about.get("uid")) or f"{kind}/{name}", when.isoformat() if when else "", reason, said)
    revision = next(
        (
            words(value)
            for key, value in (n.get("metadata") or {}).items()
            if key.rpartition("/")[2] == "revision"
        ),
        "",
    )
    return happened(
        n.get("timestamp"), f"notice/{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'replace')).hexdigest()[:32]}",
        "deploy warning" if words(n.get("severity")) == "error" else "deploy event", f"{kind} {name}: {reason}" + (f": {said}" if said else ""), n, where,
        who={"actor": words(n.get("reportingController")) or "Flux", "actor_id": words(n.get("reportingController")) or "flux", "actor_kind": "system"}, place=name,
        extra=some(severity=n.get("severity"), reason=reason, revision=revision, sha=revision.rpartition(":")[2] if ":" in revision else "", object=f"{kind}/{words(about.get('name'))}"),
    )  # fmt: skip
