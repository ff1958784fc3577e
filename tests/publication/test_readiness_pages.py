from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from postmortems.incidents.models import Severity
from postmortems.publication import actions
from postmortems.publication.actions import publish
from postmortems.publication.readiness import RULES, Reason, reasons, telling
from postmortems.remediation.models import NoneNeeded
from tests import make
from tests.publication.test_readiness import rewrite

NOW = make.T0 + timedelta(days=14)


def test_reasons_are_told_by_part_and_what_blocks_first(ready, client):
    client.force_login(ready.opened_by)
    rewrite(ready, "apology", "We are sorry if anybody noticed.")
    rewrite(ready, "impact", "Some people were hurt.")
    page = client.get(reverse("publication:readiness", args=[ready.ref])).content.decode()
    assert "1 thing still missing" in page
    blocks, advises = page.index("The impact has no number"), page.index("The apology takes something back")
    assert blocks < advises
    assert f"{len(RULES) - 2} rules are met" in page


def test_what_is_not_written_is_told_under_its_r(ready, client):
    client.force_login(ready.opened_by)
    for key in ("summary", "apology", "story"):
        rewrite(ready, key, "")
    page = client.get(reverse("publication:readiness", args=[ready.ref])).content.decode()
    where = [page.index(f'id="part-{part}"') for part in ("", "regret", "reason")]
    said = [page.index(f"“{title}” is not written yet") for title in ("In short", "The apology", "The story")]
    assert where[0] < said[0] < where[1] < said[1] < where[2] < said[2]
    assert f"{len(RULES) - 1} rules are met" in page


def test_what_is_published_already_is_not_offered_again(ready, client):
    client.force_login(ready.opened_by)
    address = reverse("publication:readiness", args=[ready.ref])
    assert "Publish revision 1" in client.get(address).content.decode()
    publish(incident=ready, by=ready.opened_by, now=NOW)
    page = client.get(address).content.decode()
    assert "Revision 1 says exactly this" in page
    assert "Publish revision 2" not in page
    rewrite(ready, "summary", "Another summary of what happened to whom.")
    assert "Publish revision 2" in client.get(address).content.decode()


def test_a_longer_timeline_asks_no_more_of_the_database(ready, client):
    client.force_login(ready.opened_by)
    address = reverse("publication:readiness", args=[ready.ref])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    make.event(ready, "first", pinned=True)
    few = asked()
    for n in range(6):
        make.event(ready, f"and {n}", pinned=True)
    assert asked() == few


def test_the_tab_counts_open_comments(ready, client):
    client.force_login(ready.opened_by)
    address = reverse("publication:readiness", args=[ready.ref])
    assert "open comment" not in client.get(address).content.decode()
    make.comment(ready, by=ready.opened_by)
    assert '1<span class="for-readers"> open comment</span>' in client.get(address).content.decode()


def test_many_of_a_rule_are_cut_short():
    found = [Reason("item-owner", f"R{n} has no owner.", "/", False) for n in range(9)]
    [told] = [told for part in telling.parts(found, {}) for told in part.told]
    assert (len(told.shown), told.more) == (telling.SHOWN, 4)
    assert telling.in_a_line(found).endswith("And 4 more.")
    assert telling.in_a_line(found[:1]) == "R0 has no owner."


def test_a_rule_that_is_not_asked_is_not_told():
    met = [
        rule.code
        for part in telling.parts([], {"item-owner": "off", "attributed": "off"})
        for rule in part.met
    ]
    assert "item-owner" not in met
    assert "attributed" in met


def test_the_checks_of_a_text_are_its_own(ready, client):
    client.force_login(ready.opened_by)
    rewrite(ready, "apology", "We are sorry if anybody noticed.")
    rewrite(ready, "summary", "")

    def checks(key: str) -> str:
        return client.get(reverse("publication:checks", args=[ready.ref, key])).content.decode()

    assert "takes something back" in checks("apology")
    assert "before publishing" in checks("summary")
    assert "Nothing is missing here." in checks("told")
    assert client.get(reverse("publication:checks", args=[ready.ref, "nothing"])).status_code == 404


def test_the_policy_says_what_blocks(ready, client, cast):
    client.force_login(cast.ada)
    where = reverse("publication:policy", args=["sev2"])
    rewrite(ready, "apology", "We are sorry if anybody noticed.")
    asked = {rule.code: rule.weight for rule in RULES}
    client.post(
        where,
        asked
        | {
            "apology-excuse": "blocking",
            "told-when": "off",
            "attributed": "off",
            "x": "off",
            "item-owner": "?",
        },
    )
    severity = Severity.objects.get(key="sev2")
    assert severity.readiness == {"apology-excuse": "blocking", "told-when": "off"}
    ready.refresh_from_db()
    ready.severity.refresh_from_db()
    with pytest.raises(actions.NotReady):
        actions.publish(incident=ready, by=ready.opened_by, now=NOW)
    assert 'value="blocking" selected' in client.get(where).content.decode()
    client.post(where, {"all": "blocking"})
    strict = Severity.objects.get(key="sev2").readiness
    assert set(strict) == {rule.code for rule in RULES if rule.weight == "advisory"}
    client.post(where, {"all": "suggested"})
    assert Severity.objects.get(key="sev2").readiness == {}


def test_saving_a_severity_keeps_the_weights_of_its_rules(client, cast):
    client.force_login(cast.ada)
    Severity.objects.filter(key="sev2").update(readiness={"told-when": "off"})
    where = reverse("incidents:edit_severity", args=["sev2"])
    form = client.get(where).context["form"]
    client.post(
        where, {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    )
    assert Severity.objects.get(key="sev2").readiness == {"told-when": "off"}


def test_a_decision_for_none_is_recorded_published_and_taken_back(ready, client):
    client.force_login(ready.opened_by)
    where, page = (
        reverse("remediation:decide_none", args=[ready.ref]),
        reverse("remediation:of_incident", args=[ready.ref]),
    )
    ready.items.update(status="dropped", dropped_reason="too dear")
    assert "Nothing has to follow?" in client.get(page).content.decode()
    client.post(where, {"why": " "})
    assert not NoneNeeded.objects.exists()
    for why in ("It cannot come back.", "It <b>cannot</b> come back."):
        client.post(where, {"why": why})
    assert NoneNeeded.objects.get().why == "It <b>cannot</b> come back."
    assert "Take it back" in client.get(page).content.decode()
    assert reasons(ready) == []
    revision = actions.publish(incident=ready, by=ready.opened_by, now=NOW)
    assert "It &lt;b&gt;cannot&lt;/b&gt; come back." in revision.html
    client.post(where, {"what": "take back"})
    client.post(where, {"what": "take back"})
    assert not NoneNeeded.objects.exists()
    assert [reason.code for reason in reasons(ready)] == ["no-remedy"]


def test_an_item_is_begun_from_the_condition_it_answers(client, cast):
    client.force_login(cast.bob)
    condition = make.condition(cast.incident)
    where = reverse("remediation:new", args=[cast.incident.ref])
    assert f'value="{condition.pk}"' in (page := client.get(f"{where}?condition=1").content.decode())
    assert "checked" in page
    for number in ("x", "9", str(2**70), "²"):
        assert client.get(where, {"condition": number}).status_code == 200
