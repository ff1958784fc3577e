from __future__ import annotations

import pytest

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import people_with, permissions


@pytest.mark.parametrize("permission", list(Permission))
def test_who_holds_a_permission_is_one_rule_asked_two_ways(cast, restricted, permission):
    for incident in (cast.incident, restricted):
        one_by_one = {user for user in User.objects.all() if permission in permissions(user, incident)}
        assert set(people_with(incident, permission)) == one_by_one
        assert people_with(incident, permission).count() == len(one_by_one)
