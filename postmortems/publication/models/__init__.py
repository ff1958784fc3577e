from postmortems.publication.models.agreeing import Approval, Planned, Withdrawal
from postmortems.publication.models.revisions import Printing, Revision
from postmortems.publication.models.twins import Audience, Mark, Replacement, Twin

__all__ = [
    "Approval",
    "Audience",
    "Mark",
    "Planned",
    "Printing",
    "Replacement",
    "Revision",
    "Twin",
    "Withdrawal",
]
