from postmortems.publication.models.agreeing import Approval, ApprovedText, Planned, Withdrawal
from postmortems.publication.models.revisions import Printing, Revision
from postmortems.publication.models.twins import Audience, HouseReplacement, Mark, Replacement, Twin

__all__ = [
    "Approval",
    "ApprovedText",
    "Audience",
    "HouseReplacement",
    "Mark",
    "Planned",
    "Printing",
    "Replacement",
    "Revision",
    "Twin",
    "Withdrawal",
]
