from allauth.account.adapter import DefaultAccountAdapter


class InvitationOnly(DefaultAccountAdapter):
    """Accounts come from invitations (`accounts.views.accept_invitation`), never from a public form."""

    def is_open_for_signup(self, request) -> bool:
        return False
