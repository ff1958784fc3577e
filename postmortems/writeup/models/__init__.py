from postmortems.writeup.models.coach import Dismissal, HouseWord, SilencedKind
from postmortems.writeup.models.comment import Comment, Mention
from postmortems.writeup.models.condition import Condition, ConditionKind
from postmortems.writeup.models.image import Image
from postmortems.writeup.models.template import Outline, Template, TemplateVersion
from postmortems.writeup.models.text import Clash, Section, SectionText

__all__ = [
    "Clash",
    "Comment",
    "Condition",
    "ConditionKind",
    "Dismissal",
    "HouseWord",
    "Image",
    "Mention",
    "Outline",
    "Section",
    "SectionText",
    "SilencedKind",
    "Template",
    "TemplateVersion",
]
