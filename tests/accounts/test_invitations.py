from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from postmortems.accounts import actions
from postmortems.accounts.models import Invitation, User
from postmortems.notices import post
from postmortems.notices.models import Letter
from tests import make


def invited(cast, email="new@example.org") -> Invitation:
    return actions.invite(
        by=cast.ada, email=email, name="", role="member", teams=[], now=timezone.now(), site="http://x"
    )


def test_from_the_letter_to_the_account(client, cast):
    client.force_login(cast.ada)
    client.post(reverse("accounts:invitations"), {"email": "New@Example.org", "role": "reviewer"})
    letter = Letter.objects.get()
    assert post.deliver(letter.pk, now=timezone.now())
    assert mail.outbox[0].to == ["new@example.org"]
    client.logout()
    link = next(word for word in letter.text.split() if "/welcome/" in word)
    where = "/welcome/" + link.split("/welcome/")[1]
    assert client.get(where).status_code == 200
    client.post(where, {"name": "New Person", "zone": "Asia/Tokyo", "password": "a quiet sentence of mine"})
    made = User.objects.get(email="new@example.org")
    assert (made.role, made.zone) == ("reviewer", "Asia/Tokyo")
    assert client.get(reverse("home")).status_code == 200
    assert client.get(where).status_code == 410


def test_old_withdrawn_and_weak_are_refused(client, cast):
    invitation = invited(cast)
    where = reverse("accounts:accept", args=[invitation.token])
    answer = client.post(where, {"name": "N", "zone": "UTC", "password": "short"})
    assert "too short" in answer.content.decode()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert (
        client.post(where, {"name": "N", "zone": "UTC", "password": "a quiet sentence of mine"}).status_code
        == 410
    )
    again = invited(cast)
    actions.withdraw(by=cast.ada, invitation=again, now=timezone.now())
    assert client.get(reverse("accounts:accept", args=[again.token])).status_code == 410
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_address_has_one_account_and_one_open_invitation(cast):
    with pytest.raises(actions.NotPossible):
        invited(cast, "ALICE@example.org")
    first, second = invited(cast), invited(cast)
    first.refresh_from_db()
    assert first.withdrawn_at
    assert second.is_open(timezone.now())


def test_the_house_keeps_an_administrator(cast):
    with pytest.raises(actions.NotPossible):
        actions.set_role(by=cast.ada, person=cast.ada, role="member")
    with pytest.raises(actions.NotPossible):
        actions.set_active(by=cast.ada, person=cast.ada, active=False)
    actions.set_role(by=cast.ada, person=cast.rev, role="administrator")
    actions.set_role(by=cast.ada, person=cast.ada, role="member")


def test_there_is_no_public_sign_up(client, db):
    answer = client.post(
        reverse("account_signup"),
        {"email": "x@example.org", "password1": "a long password x", "password2": "a long password x"},
    )
    assert "invitation" in answer.content.decode()
    assert not User.objects.exists()


def test_a_letter_is_sent_once_and_tried_again_when_refused(cast, monkeypatch):
    invited(cast)
    letter = Letter.objects.get()
    now = timezone.now()
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMultiAlternatives.send", lambda self: 1 / 0)
        assert not post.deliver(letter.pk, now=now)
    letter.refresh_from_db()
    assert (letter.state, letter.tries) == ("waiting", 1)
    assert not post.deliver(letter.pk, now=now)  # not before its next try
    assert post.deliver(letter.pk, now=letter.next_try_at)
    assert not post.deliver(letter.pk, now=letter.next_try_at)
    assert len(mail.outbox) == 1


def test_a_withdrawn_letter_never_leaves_and_a_refused_one_is_told(client, cast):
    first = invited(cast)
    client.force_login(cast.ada)
    page = reverse("accounts:invitations")
    assert "has not gone out" not in client.get(page).content.decode()
    Letter.objects.update(tries=2, trouble="refused")
    assert "has not gone out" in client.get(page).content.decode()
    invited(cast)
    assert list(Letter.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "waiting"]
    assert "has not gone out" not in client.get(page).content.decode()
    actions.withdraw(
        by=cast.ada, invitation=Invitation.objects.exclude(pk=first.pk).get(), now=timezone.now()
    )
    assert not Letter.objects.filter(state="waiting").exists()


def test_of_many_people_a_page_is_shown_and_anybody_is_found(client, cast, django_assert_max_num_queries):
    for number in range(60):
        make.user(f"many{number:02}")
    client.force_login(cast.ada)
    page = reverse("accounts:invitations")
    with django_assert_max_num_queries(12):
        shown = client.get(page).content.decode()
    assert shown.count('name="active"') == 50
    found = client.get(page, {"q": "many59"}).content.decode()
    assert found.count('name="active"') == 1
    assert "Nobody of that name." in client.get(page, {"q": "nowhere"}).content.decode()
