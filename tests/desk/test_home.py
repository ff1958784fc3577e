from __future__ import annotations

import re

from django.urls import reverse

from postmortems.publication.models import Revision
from tests import make


def published(by, title: str):
    """An incident with a bare revision: whether one stands is all that home asks."""
    found = make.incident(by=by, title=title)
    Revision.objects.create(
        incident=found, number=1, title=title, content={}, html="", words="", digest=f"d{found.pk}",
        published_by=by, published_at=make.T0,
    )  # fmt: skip
    return found


def home(client, user) -> dict:
    client.force_login(user)
    return client.get(reverse("home")).context


def test_a_review_that_is_not_told_yet_is_never_crowded_out_by_published_ones(client, cast):
    mel = cast.mel
    waiting = make.incident(by=mel, title="Nobody wrote about it yet")
    for number in range(21):
        published(mel, f"Told {number}")
    found = home(client, mel)
    assert [incident for incident, _ in found["steps"]] == [waiting]
    assert [incident for incident, _ in found["paths"]] == [waiting]
    assert len(found["told"]) == 20


def test_published_reviews_are_one_step_together(client, cast):
    incidents = [published(cast.mel, f"Told {number}") for number in range(3)]
    for incident in incidents:
        make.item(incident)
    client.force_login(cast.mel)
    page = client.get(reverse("home"))
    said = page.content.decode()
    assert "See 3 remediation items of 3 published reviews through" in said
    assert page.context["steps"] == []
    assert said.count("1 of 1 item open") == 3


def test_a_single_one_has_its_own(client, cast):
    told = published(cast.mel, "Told")
    found = home(client, cast.mel)
    assert [incident for incident, _ in found["steps"]] == [told]
    assert [incident for incident, _ in found["paths"]] == [told]
    assert found["told"] == []


def test_who_took_part_sees_where_it_stands_and_is_not_sent_to_what_others_do(client, cast):
    found = home(client, cast.ian)
    assert found["steps"] == found["further"] == []
    assert [incident for incident, _ in found["paths"]] == [cast.incident]
    page = client.get(reverse("desk:overview", args=[cast.incident.ref])).content.decode()
    assert "Next, for those who write this review" in page
    assert 'class="next-step"' not in page


def test_tabs_lead_only_where_one_may_go(client, cast):
    """Whoever sees no more than that there was an incident is not shown eight doors that are shut."""
    for user in (cast.rita, cast.ian, cast.alice):
        client.force_login(user)
        page = client.get(reverse("desk:overview", args=[cast.incident.ref])).content.decode()
        tabs = page.split('<nav class="tabs"')[1].split("</nav>")[0]
        for address in re.findall(r'href="([^"]+)"', tabs):
            assert client.get(address).status_code in (200, 302), (user, address)
    client.force_login(cast.rita)
    assert (
        "Nobody noted yet"
        not in client.get(reverse("desk:overview", args=[cast.incident.ref])).content.decode()
    )


def test_many_next_steps_leave_room_for_the_rest_of_the_page(client, cast):
    incidents = [make.incident(by=cast.mel, title=f"Open {number}") for number in range(8)]
    found = home(client, cast.mel)
    told = [incident for incident, _ in found["steps"] + found["further"]]
    assert told == list(reversed(incidents))
    assert len(found["steps"]) == len(found["paths"]) == 6
    said = client.get(reverse("home")).content.decode()
    assert "2 more next steps" in said
    assert all(incident.title in said for incident in incidents)
