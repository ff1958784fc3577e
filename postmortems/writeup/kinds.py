"""The kinds of conditions a new installation starts with: every one is editable, and more can be added."""

DEFAULT_KINDS = [
    {"key": "technical", "name": "Technical", "sentence": "How something was built, configured or connected."},
    {"key": "organisational", "name": "Organisational", "sentence": "Priorities, ownership, staffing, how work is arranged."},
    {"key": "external", "name": "External", "sentence": "Suppliers, customers, weather, the world outside."},
    {"key": "knowledge", "name": "Knowledge", "sentence": "What could be known, found or seen at the time."},
    {"key": "coordination", "name": "Coordination", "sentence": "How people found, told and understood each other."},
    {"key": "helped", "name": "What helped", "sentence": "What kept it from being worse.", "helped": True},
]  # fmt: skip


def seed(apps, schema_editor) -> None:
    apps.get_model("writeup", "ConditionKind").objects.bulk_create(
        apps.get_model("writeup", "ConditionKind")(position=place, **kind)
        for place, kind in enumerate(DEFAULT_KINDS)
    )
