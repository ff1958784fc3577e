from __future__ import annotations

from typing import Any

from django import forms

from postmortems.accounts.models import User
from postmortems.remediation.models import Tracker
from postmortems.remediation.tracking.meaning import USUAL, written

_SECRET = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class ChangeForm(forms.Form):
    """What of a tracker can change later."""

    name = forms.CharField(
        label="Name", max_length=80, help_text="As its people know it, such as GitHub shop."
    )
    account = forms.EmailField(
        label="Account",
        required=False,
        max_length=200,
        help_text="Jira Cloud: the mail address of whoever made the token.",
    )
    issue_type = forms.CharField(
        label="Kind of issue",
        required=False,
        max_length=60,
        help_text="Jira: what an issue is made as. Task where you leave it empty.",
    )
    token = forms.CharField(
        label="Token",
        max_length=2000,
        widget=_SECRET,
        required=False,
        strip=True,
        help_text="It is kept sealed and not shown again. Empty: the one it has.",
    )
    meanings = forms.CharField(
        label="States of your own",
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    unsigned = forms.BooleanField(
        label="Its webhook cannot sign (Data Center before version 10)", required=False
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kinds in (
            ("account", ("jira",)),
            ("issue_type", ("jira", "jira_dc")),
            ("unsigned", ("jira_dc",)),
        ):
            if kind not in kinds:
                del self.fields[name]
        usual = ", ".join(written(USUAL[kind]).splitlines())
        self.fields["meanings"].help_text = (
            f"One a line, such as “in review = in progress”. They mean open, in progress, done, dropped or nothing. "
            f"Without a word of yours: {usual}."
        )


class AddForm(forms.Form):
    kind = forms.ChoiceField(label="Which", choices=Tracker.Kind.choices)
    name = forms.CharField(
        label="Name", max_length=80, help_text="As its people know it, such as GitHub shop."
    )
    address = forms.CharField(
        label="Address",
        max_length=300,
        initial="https://github.com",
        help_text="As in a browser: https://github.com, https://gitlab.com, https://you.atlassian.net, or your own.",
    )
    project = forms.CharField(
        label="Project",
        max_length=200,
        help_text="acme/shop for GitHub and GitLab, the key such as SHOP for Jira.",
    )
    account = forms.EmailField(
        label="Account",
        required=False,
        max_length=200,
        help_text="Jira Cloud alone: the mail address of whoever made the token.",
    )
    token = forms.CharField(
        label="Token",
        max_length=2000,
        widget=_SECRET,
        help_text="One that may read and write the issues of this project, and no more. It is kept sealed and not shown again.",
    )


class LoginForm(forms.Form):
    user = forms.ModelChoiceField(label="Person", queryset=User.objects.none(), empty_label="Choose")
    login = forms.CharField(label="Their name there", max_length=128)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.active()
