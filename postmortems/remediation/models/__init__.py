from postmortems.remediation.models.everyday import Bulk, BulkChange, ItemCalendar, SavedView
from postmortems.remediation.models.items import (
    OPEN_STATUSES,
    PROMISED_STATUSES,
    UNDONE_STATUSES,
    EffectCheck,
    Item,
    ItemLink,
    NoneNeeded,
    Step,
)
from postmortems.remediation.models.reminding import Hearing, Reminder, TeamChannel

__all__ = [
    "OPEN_STATUSES", "PROMISED_STATUSES", "UNDONE_STATUSES", "Bulk", "BulkChange", "EffectCheck", "Hearing", "Item", "ItemCalendar",
    "ItemLink", "NoneNeeded", "Reminder", "SavedView", "Step", "TeamChannel",
]  # fmt: skip
