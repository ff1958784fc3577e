from __future__ import annotations

from django.http import HttpRequest


def page(request: HttpRequest) -> dict:
    """What every page may use: the nonce under the name htmx's tags look for, and what may be done here (`may`)."""
    granted = getattr(request, "permissions", frozenset())
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "may": {permission.name for permission in granted},
    }
