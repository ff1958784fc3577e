"""How much waits in the inbox, for the navigation of those who may act on it."""

from __future__ import annotations

from django import template
from django.db import connection

from postmortems.accounts.permissions import Permission

register = template.Library()
MOST = 99  # rows that are counted; more are told as “99+”


@register.simple_tag
def waiting_in_inbox(user) -> str:
    """How many things wait, as the inbox has rows; "" for none, and for whoever may not open it."""
    if not getattr(user, "is_authenticated", False) or not user.may(Permission.LEAD):
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [MOST + 1])
        (found,) = cursor.fetchone()
    return "" if not found else f"{MOST}+" if found > MOST else str(found)


# One step along the index for each row, however many messages a row has.
_COUNT = """
    with recursive rows as (
        (select connection_id, subject, 1 as n from timelines_delivery where state = 'inbox'
            order by connection_id, subject limit 1)
        union all
        select next.connection_id, next.subject, rows.n + 1 from rows, lateral (
            select connection_id, subject from timelines_delivery
            where state = 'inbox' and (connection_id, subject) > (rows.connection_id, rows.subject)
            order by connection_id, subject limit 1
        ) next where rows.n < %s
    ) select coalesce(max(n), 0) from rows
"""
