from __future__ import annotations

from django.http import HttpRequest


def page(request: HttpRequest) -> dict:
    """What every page may use: the nonce of the content policy under the name htmx's tags look for."""
    return {"csp_nonce": getattr(request, "csp_nonce", "")}
