"""Rules are changed, put into another order, switched off, and tried on what waits."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.timelines.conftest import signed_in
from tests.timelines.live.sending import add_rule, alert
from tests.timelines.live.test_filing import deliver
from timelines.live import filing
from timelines.models import Delivery, Rule

pytestmark = pytest.mark.django_db
TYPED = {"field": "service", "pattern": "book*", "does": "ignore", "hours": "12"}


def change(client, rule: Rule, what: str) -> None:
    assert client.post(reverse("live:change_rule", args=[rule.pk, what])).status_code == 302


def test_the_order_decides_and_can_be_changed(connect, cast):
    first = add_rule(cast.ada, field="service", pattern="nothing", does="ignore")
    last = add_rule(cast.ada, field="service", pattern="*", does="ignore")
    ada = signed_in(cast.ada)
    change(ada, last, "earlier")
    assert list(Rule.objects.all()) == [last, first]
    for _ in range(2):  # there is nowhere further to go
        change(ada, last, "later")
    assert list(Rule.objects.all()) == [first, last]


def test_a_rule_switched_off_takes_nothing_until_it_is_on_again(connect, cast):
    rule, ada, connection = (
        add_rule(cast.ada, **{k: v for k, v in TYPED.items() if k != "hours"}),
        signed_in(cast.ada),
        connect(),
    )
    change(ada, rule, "off")
    (one,) = deliver(connection, alert())
    assert one.state == "inbox"
    change(ada, rule, "on")
    ada.post(reverse("live:sort_again"))
    filing.file(one.pk)
    assert Delivery.objects.get().state == "ignored"


def test_a_rule_is_changed_and_what_is_missing_is_said_beside_the_field(cast):
    rule, ada = add_rule(cast.ada, field="service", pattern="x", does="ignore"), signed_in(cast.ada)
    where = reverse("live:rule", args=[rule.pk])
    assert 'value="x"' in ada.get(where).content.decode()
    wrong = ada.post(where, TYPED | {"does": "open"})
    assert (wrong.status_code, "Say which severity" in wrong.content.decode()) == (422, True)
    assert ada.post(where, TYPED).status_code == 302
    assert Rule.objects.get().pattern == "book*"


def test_trying_shows_what_it_would_take_and_changes_nothing(connect, cast):
    deliver(connect(), alert(1), alert(2, service="mail"), alert(1, status="resolved"))
    ada = signed_in(cast.ada)
    page = ada.post(reverse("live:new_rule"), TYPED | {"what": "try"}).content.decode()
    trial = page[page.index('id="trial"') :]
    assert "2 of the 3 waiting messages" in trial
    assert "Replica 1 lags" in trial
    assert "Replica 2 lags" not in trial
    assert not Rule.objects.exists()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"inbox"}


def test_a_rule_somebody_took_away_is_gone(cast):
    rule, ada = add_rule(cast.ada, field="service", pattern="x", does="ignore"), signed_in(cast.ada)
    change(ada, rule, "remove")
    assert ada.post(reverse("live:change_rule", args=[rule.pk, "off"])).status_code == 404
