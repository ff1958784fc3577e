"""Every change of trackers, of who is who there, and of which issue an item has."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.models import Item, Tracked, Tracker, TrackerLogin
from postmortems.remediation.tracking import holding, knocking
from postmortems.remediation.tracking.asking import Away, Trouble
from postmortems.remediation.tracking.meaning import Unreadable, parse
from postmortems.remediation.tracking.vendors import KINDS, PROJECTS, key_in, vendor_of
from postmortems.web import outward
from postmortems.web.sealed import seal

MOST_TRACKERS = 100
PATIENCE = 6.0  # seconds for each request while somebody waits for the page


# --- trackers ----------------------------------------------------------------------------------------


def add_tracker(
    *, by: User, kind: str, name: str, address: str, project: str, token: str, account: str = "",
    issue_type: str = "", meanings: str = "", unsigned: bool = False,
) -> tuple[Tracker, str]:  # fmt: skip
    """A tracker, and the secret for its webhook, which is shown this once."""
    if kind not in Tracker.Kind.values:
        raise NotPossible("There is no such kind of tracker.")
    project = project.strip().strip("/")
    project = project.upper() if kind.startswith("jira") else project
    if not PROJECTS[kind].fullmatch(project) or len(project) > 200:
        raise NotPossible(
            "Name the project by its key, such as SHOP." if kind.startswith("jira")
            else "Name the project as its address does, such as acme/shop."
        )  # fmt: skip
    fields = _fields(kind, name, account, issue_type, meanings, unsigned)
    fields |= {"kind": kind, "address": _address(address), "project": project, "token": _sealed(token)}
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        if Tracker.objects.count() >= MOST_TRACKERS:
            raise NotPossible(f"There is room for {MOST_TRACKERS} trackers.")
        try:
            with transaction.atomic():
                tracker = Tracker.objects.create(secret=seal(secret), made_by=by, **fields)
        except IntegrityError:
            raise NotPossible("There is a tracker of this name, or of this project.") from None
        _told(by, "tracker.added", f"connected the tracker {tracker}")
    return tracker, secret


def change_tracker(
    *, tracker: Tracker, by: User, now: datetime, name: str, account: str = "", issue_type: str = "", meanings: str = "",
    unsigned: bool = False, token: str = "",
) -> None:  # fmt: skip
    """What can change; a project cannot, as the issues of one are not those of another. Without a token the old one stays."""
    fields = _fields(tracker.kind, name, account, issue_type, meanings, unsigned)
    if token.strip():
        fields["token"] = _sealed(token)
    with transaction.atomic():
        if Tracker.objects.filter(name=fields["name"]).exclude(pk=tracker.pk).exists():
            raise NotPossible("There is a tracker of this name.")
        # what stood in the way may be mended by this, and a state may mean something else: all is looked at
        Tracker.objects.filter(pk=tracker.pk).update(**fields, paused_until=None, tries=0, etag="")
        keys = tracker.issues.values_list("key", flat=True)
        knocking.changed_there(tracker=tracker, keys=keys, now=now)
        _told(by, "tracker.changed", f"changed the tracker {fields['name']}")


def _fields(
    kind: str, name: str, account: str, issue_type: str, meanings: str, unsigned: bool
) -> dict[str, Any]:
    name, account, issue_type = (_line(text) for text in (name, account, issue_type))
    if not name or len(name) > 80:
        raise NotPossible("Give it a name of up to 80 characters that its people know, such as GitHub shop.")
    if kind == "jira" and "@" not in account:
        raise NotPossible("Jira Cloud asks for the mail address of the account that made the token.")
    try:
        states = parse(meanings)
    except Unreadable as error:
        raise NotPossible(str(error)) from None
    jira = kind.startswith("jira")
    return {
        "name": name,
        "account": account[:200] if jira else "",
        "issue_type": issue_type[:60] if jira else "",
        "meanings": states,
        "unsigned": unsigned and kind == "jira_dc",
    }


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _address(text: str) -> str:
    """As it stands in a browser, and in no other way; whether it may be asked is seen by the same rules as then."""
    text = text.strip().rstrip("/")
    try:
        place = outward.place(text)
    except outward.NotFetched as error:
        raise NotPossible(str(error)) from None
    if place.credentials or "?" in text or "#" in text or len(text) > 300:
        raise NotPossible(
            "Give the address as in a browser, such as https://github.com, and nothing behind it."
        )
    scheme, _, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower().removeprefix('www.')}{slash}{path}"


def _sealed(token: str) -> bytes:
    token = token.strip()
    if not 8 <= len(token) <= 2000 or not token.isascii() or not token.isprintable() or " " in token:
        raise NotPossible("This is no token. Copy it whole, and nothing beside it.")
    return seal(token)


def _told(by: User, verb: str, sentence: str) -> None:
    record(by=by, verb=verb, subject="organisation", sentence=sentence)


def try_tracker(*, tracker: Tracker, by: User, now: datetime) -> tuple[bool, str]:
    """Whether it works, and what was found or is wrong, in a sentence."""
    try:
        vendor: Any = vendor_of(tracker, now=now)
        vendor.ask = replace(vendor.ask, seconds=PATIENCE)
        works, sentence = True, vendor.found()
    except Trouble as trouble:
        works, sentence = False, str(trouble)
    with transaction.atomic():
        if works:
            holding.has_answered(tracker, now=now)
        else:
            holding.is_away(tracker, Away(sentence), now=now)
        _told(by, "tracker.tried", f"tried the tracker {tracker}")
    return works, sentence


def new_secret(*, tracker: Tracker, by: User, secret: str = "") -> str:
    """Another secret for the webhook, ours or one that the tracker made. The one before is good no more: what it would
    have told is found out by asking.
    """
    secret = secret.strip() or secrets.token_urlsafe(32)
    if not 8 <= len(secret) <= 300 or not secret.isprintable():
        raise NotPossible("A secret has 8 to 300 characters. Copy it whole from the tracker.")
    with transaction.atomic():
        Tracker.objects.filter(pk=tracker.pk).update(secret=seal(secret))
        _told(by, "tracker.secret", f"gave the tracker {tracker} another secret")
    return secret


def set_active(*, tracker: Tracker, by: User, active: bool) -> None:
    with transaction.atomic():
        if Tracker.objects.filter(pk=tracker.pk).exclude(active=active).update(active=active):
            words = "let the tracker {} go on" if active else "stopped the tracker {}"
            _told(by, "tracker.active", words.format(tracker))


def remove_tracker(*, tracker: Tracker, by: User) -> None:
    with transaction.atomic():
        if count := tracker.issues.count():
            raise NotPossible(
                f"{count} item{' is an issue' if count == 1 else 's are issues'} of it. Stop it, or unlink them first."
            )
        _told(by, "tracker.removed", f"took away the tracker {tracker}")
        tracker.delete()


# --- who is who --------------------------------------------------------------------------------------


def set_login(*, tracker: Tracker, by: User, user: User, login: str, now: datetime) -> TrackerLogin:
    """Who somebody is at the tracker's host, for all of its projects."""
    login = _line(login).lstrip("@")[:128]
    if not login:
        raise NotPossible("Say how this person is called there.")
    with transaction.atomic():
        TrackerLogin.objects.filter(host=tracker.host, user=user).delete()
        try:
            with transaction.atomic():
                made = TrackerLogin.objects.create(host=tracker.host, user=user, login=login)
        except IntegrityError:
            raise NotPossible("Somebody else goes by this name there.") from None
        # who was nobody we know until now may own something
        theirs = Tracked.objects.filter(tracker__address=tracker.address, seen__login__iexact=login)
        for tracked in theirs.select_for_update(of=("self",)).select_related("tracker"):
            tracked.agreed.pop("owner", None)
            tracked.save(update_fields=["agreed"])
            knocking.changed_there(tracker=tracked.tracker, keys=[tracked.key], now=now)
        _told(by, "tracker.login", f"said who {user} is at {tracker.host}")
    return made


def remove_login(*, login: TrackerLogin, by: User) -> None:
    with transaction.atomic():
        _told(by, "tracker.login", f"no longer says who {login.user} is at {login.host}")
        login.delete()


# --- the issue of an item ----------------------------------------------------------------------------


def make_issue(*, item: Item, tracker: Tracker, by: User, now: datetime, openly: bool = False) -> Tracked:
    """Have an issue made of an item. What its people there read leaves the circle of a restricted incident: `openly`."""
    with transaction.atomic():
        item = _free(item, tracker)
        if item.status in ("verified", "dropped"):
            raise NotPossible(
                f"R{item.number} is {item.get_status_display().lower()}: there is nothing left to do."
            )
        if item.incident.restricted and not openly:
            raise NotPossible(
                "This incident is restricted. Whoever reads the tracker will read these words: say that they may."
            )
        tracked = Tracked.objects.create(item=item, tracker=tracker, by=by, made_at=now, look_at=now)
        knocking.changed_here(item=item, now=now)
        record(
            by=by, verb="item.issue_wanted", subject=item.incident.ref,
            sentence=f"wants an issue of R{item.number} in {tracker}", number=item.number,
        )  # fmt: skip
    return tracked


def link_issue(*, item: Item, tracker: Tracker, by: User, address: str, now: datetime) -> Tracked:
    """Let an issue that is there already stand for an item."""
    key = key_in(tracker, address)
    if not key:
        raise NotPossible(f"This is no issue of {tracker.project}. Copy its address, {tracker.address}/…")
    with transaction.atomic():
        item = _free(item, tracker)
        try:
            with transaction.atomic():
                tracked = Tracked.objects.create(
                    item=item, tracker=tracker, by=by, key=key, made_at=now, look_at=now
                )
        except IntegrityError:
            raise NotPossible("Another item has this issue already.") from None
        knocking.changed_here(item=item, now=now)
        record(
            by=by, verb="item.issue_linked", subject=item.incident.ref,
            sentence=f"linked R{item.number} with {tracked} in {tracker}", number=item.number,
        )  # fmt: skip
    return tracked


def _free(item: Item, tracker: Tracker) -> Item:
    item = Item.objects.select_for_update(of=("self",)).select_related("incident").get(pk=item.pk)
    if not tracker.active:
        raise NotPossible(f"{tracker} is stopped.")
    if Tracked.objects.filter(item=item).exists():
        raise NotPossible(f"R{item.number} has an issue already.")
    return item


def unlink_issue(*, tracked: Tracked, by: User) -> None:
    """The two go their own ways; both stay as they are."""
    with transaction.atomic():
        item = tracked.item
        tracked.delete()
        record(
            by=by, verb="item.issue_unlinked", subject=item.incident.ref,
            sentence=f"unlinked R{item.number} from its issue in {tracked.tracker}", number=item.number,
        )  # fmt: skip


def settle(*, tracked: Tracked, by: User, field: str, keep: str, now: datetime) -> None:
    """Of what both sides changed keep `ours` or `theirs`. Whoever changes it once more meanwhile is not overruled."""
    with transaction.atomic():
        row = Tracked.objects.select_for_update().select_related("item__incident").get(pk=tracked.pk)
        both = row.conflict.get(field)
        if both is None or keep not in ("ours", "theirs"):
            raise NotPossible("There is nothing to decide any more. Look again at what both say.")
        # as if only the other side had agreed: then one of the two has moved, and is followed
        row.agreed[field] = [both["there"], None] if keep == "ours" else [None, both["here"]]
        del row.conflict[field]
        row.save(update_fields=["conflict", "agreed"])
        knocking.changed_here(item=row.item, now=now)
        record(
            by=by, verb="item.issue_settled", subject=row.item.incident.ref, number=row.item.number,
            sentence=f"kept {'what is said here' if keep == 'ours' else f'what {row.tracker} says'} of the {field} of R{row.item.number}",
        )  # fmt: skip


assert set(KINDS) == set(Tracker.Kind.values)
