from __future__ import annotations

from django import forms

from postmortems.incidents.models import Severity
from postmortems.writeup.models import Template
from postmortems.writeup.templating import file
from postmortems.writeup.templating.actions import BEGUN


class AboutForm(forms.Form):
    name = forms.CharField(
        max_length=file.NAME, help_text="What people will look for: “Security incident”, “Data loss”."
    )
    sentence = forms.CharField(
        label="When to use it", required=False, max_length=file.SENTENCE, help_text="One sentence for whoever has to choose."
    )  # fmt: skip
    severities = forms.ModelMultipleChoiceField(
        Severity.objects.all(), required=False, label="New write-ups of these severities begin with it", widget=forms.CheckboxSelectMultiple,
        help_text="A severity begins with one template alone; ticked here, it leaves the other.",
    )  # fmt: skip

    def __init__(self, *args, template: Template | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["severities"].label_from_instance = self._label
        others = BEGUN.filter(template__retired_at=None).exclude(template=template)
        self.held = dict(others.values_list("severity", "template__name"))
        if template:
            self.initial = {
                "name": template.name,
                "sentence": template.sentence,
                "severities": template.severities.all(),
            }

    def _label(self, severity: Severity) -> str:
        """With the template it begins with now, where that is another."""
        held = self.held.get(severity.pk)
        return f"{severity.name}{f', now with “{held}”' if held else ''}"

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_severities(self) -> list[Severity]:
        return list(self.cleaned_data["severities"])
