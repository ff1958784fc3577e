"""From a project nobody has connected to an item that both sides changed, as people click it."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone

from postmortems.remediation import actions as items
from postmortems.remediation.models import Tracked
from postmortems.remediation.tracking import looking
from tests import make
from tests.browser.conftest import accessible, sign_in
from tests.cast import gather
from tests.remediation.tracking import servers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def there(settings):
    settings.FETCH_HTTP, settings.FETCH_NETWORKS = True, [ip_network("127.0.0.1/32")]
    house = servers.GitLab()
    house.clock = timezone.now()
    yield house
    house.off()


def work() -> None:
    Tracked.objects.update(look_at=timezone.now())
    looking.look(Tracked.objects.get().pk, now=timezone.now())


def test_connect_make_and_settle(page, live_server, there):
    cast = gather()
    due_on = timezone.localdate() + timedelta(days=20)
    item = make.item(cast.incident, owner=cast.ian, due_on=due_on, status="accepted")
    sign_in(page, cast.ada)
    page.goto("/settings/trackers/")
    accessible(page)
    page.get_by_label("Which").select_option("gitlab")
    for label, typed in (
        ("Name", "GitLab shop"),
        ("Address", there.address),
        ("Project", there.project),
        ("Token", servers.TOKEN),
    ):
        page.get_by_label(label).fill(typed)
    page.get_by_role("button", name="Connect it").click()
    page.get_by_text("may open and close its issues").wait_for()
    page.get_by_text("It is shown this once").wait_for()
    accessible(page)

    sign_in(page, cast.ian)
    page.goto(f"/incidents/{cast.incident.ref}/items/{item.number}/")
    page.get_by_role("link", name="Work on it in a tracker").click()
    page.get_by_text("This is what it will say").wait_for()
    accessible(page)
    page.get_by_role("button", name="Make it").click()
    page.get_by_text("An issue is made in a moment").wait_for()
    work()
    made = Tracked.objects.get()
    there.change(made.key, due="2027-03-01")
    items.edit_item(item=item, by=cast.ian, version=item.version, due_on=due_on + timedelta(days=1))
    work()
    page.reload()
    page.get_by_role("heading", name="The date changed on both sides").wait_for()
    accessible(page)
    page.get_by_role("button", name="Take what GitLab shop says").click()
    page.get_by_text("It is done in a moment").wait_for()
    work()
    page.reload()
    page.get_by_text("1 March 2027").first.wait_for()
    assert page.get_by_text("changed on both sides").count() == 0
