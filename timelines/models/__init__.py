from timelines.models.comparison import Comparison
from timelines.models.density import Density
from timelines.models.event import Event, EventQuerySet, Group, NotTheSame
from timelines.models.evidence import Import, RawRecord, Skip, Source
from timelines.models.level import Indicator
from timelines.models.live import Connection, Delivery, Rule
from timelines.models.masking import Secret
from timelines.models.people import Alias, NotThisPerson, Person
from timelines.models.story import Hypothesis, Intervention, Question, SavedView

__all__ = [
    "Alias", "Connection", "Delivery", "Rule", "Comparison", "Density", "Event", "EventQuerySet", "Group", "Hypothesis", "Import", "Indicator", "Intervention", "NotThisPerson", "NotTheSame",
    "Person", "Question", "RawRecord", "SavedView", "Secret", "Skip", "Source",
]  # fmt: skip
