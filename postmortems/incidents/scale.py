"""The scale a new installation starts with: every number is editable. Sources: docs/policies.md."""

DEFAULT_SCALE = [
    {
        "key": "sev1", "name": "SEV1", "rank": 1,
        "sentence": "Most customers cannot use the product, or data is lost.",
        "owner_hours": 4, "jot_notes_hours": 2, "preliminary_days": 1, "soak_hours": 24, "fade_hours": 120,
        "meeting_days": 8, "publish_days": 15, "remedies_high_days": 15, "remedies_days": 30, "effect_days": 60,
    },
    {
        "key": "sev2", "name": "SEV2", "rank": 2,
        "sentence": "Many customers are hurt, or something essential is badly degraded.",
        "owner_hours": 24, "jot_notes_hours": 4, "preliminary_days": 2, "soak_hours": 24, "fade_hours": 168,
        "meeting_days": 14, "publish_days": 28, "remedies_high_days": 30, "remedies_days": 30, "effect_days": 90,
    },
    {
        "key": "sev3", "name": "SEV3", "rank": 3,
        "sentence": "Some customers notice, with a way around it.",
        "owner_hours": 48, "jot_notes_hours": 24, "preliminary_days": None, "soak_hours": 24, "fade_hours": 168,
        "meeting_days": None, "publish_days": 30, "remedies_high_days": 60, "remedies_days": 60, "effect_days": None,
    },
    {
        "key": "sev4", "name": "SEV4", "rank": 4,
        "sentence": "Nobody outside noticed; worth understanding.",
        "review_expected": False,
        "owner_hours": 48, "jot_notes_hours": 24, "preliminary_days": None, "soak_hours": 24, "fade_hours": 168,
        "meeting_days": None, "publish_days": 30, "remedies_high_days": 60, "remedies_days": 60, "effect_days": None,
    },
    {
        "key": "sev5", "name": "SEV5", "rank": 5,
        "sentence": "A near miss: it went well, and might not have.",
        "review_expected": False,
        "owner_hours": 48, "jot_notes_hours": 24, "preliminary_days": None, "soak_hours": 24, "fade_hours": 168,
        "meeting_days": None, "publish_days": 30, "remedies_high_days": 60, "remedies_days": 60, "effect_days": None,
    },
]  # fmt: skip


def seed(apps, schema_editor) -> None:
    """Migration step: the default scale, where there is none."""
    severity = apps.get_model("incidents", "Severity")
    if not severity.objects.exists():
        severity.objects.bulk_create(severity(**step) for step in DEFAULT_SCALE)
