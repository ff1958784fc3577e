"""Paging by number. A timeline and the items page by key: `timelines.line`, `remediation.lists.pages`."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def page_of(
    request: HttpRequest, rows, *, size: int = 25, name: str = "page", most: int | None = None
) -> Page:
    """The page the request asks for; the nearest one that exists when it asks for nonsense.

    A list that may be long counts `most` of its rows and no more: beyond that it only says that there are more.
    """
    asked = request.GET.get(name)
    paginator = Paginator(rows, size) if most is None else LongPaginator(rows, size, most, asked)
    return paginator.get_page(asked)


class LongPaginator(Paginator):
    """`count` is that of the rows it needs to know of: to the end of the asked page, and whether one follows."""

    def __init__(self, rows: QuerySet, size: int, most: int, asked: str | None) -> None:
        super().__init__(rows, size)
        self.most = most
        self.count = rows.order_by()[: most + 1].count()
        self.more = self.count > most
        if self.more and asked and asked.isascii() and asked.isdigit() and len(asked) < 10:
            begins = (int(asked) - 1) * size
            if begins > 0:
                there = len(rows.values_list("pk")[begins : begins + size + 1])
                self.count = max(self.count, begins + there if there else 0)
