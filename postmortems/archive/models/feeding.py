from __future__ import annotations

from django.conf import settings
from django.db import models


class FeedKey(models.Model):
    """The secret part of the addresses at which one person's feed reader finds what they may see."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed_key")
    key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
