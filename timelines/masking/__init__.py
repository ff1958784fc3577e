"""Secrets in evidence: found when it is stored, masked on every page, kept for those who may look."""

from timelines.masking.find import Found, find, scan
from timelines.masking.masks import mask, masks_of

__all__ = ["Found", "find", "mask", "masks_of", "scan"]
