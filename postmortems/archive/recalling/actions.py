from __future__ import annotations

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.archive.models import Recalling
from postmortems.audit.log import record


def choose_recalling(*, by: User, monthly: bool | None, anniversaries: bool) -> Recalling:
    """Which letters of the archive one wants from now on. `monthly` is None for what the role suggests."""
    with transaction.atomic():
        chosen, _ = Recalling.objects.update_or_create(
            user=by, defaults={"monthly": monthly, "anniversaries": anniversaries}
        )
        record(
            by=by,
            verb="recalling.chosen",
            subject=by.email,
            sentence="chose which letters of the archive to get",
        )
    return chosen
