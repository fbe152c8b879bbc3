"""What of a room's files is asked for."""

from django import forms

from chat.web.forms import SEQ_MAX

PICTURES, DOCUMENTS = "pictures", "documents"
KINDS = [(PICTURES, PICTURES), (DOCUMENTS, DOCUMENTS)]


class PanelForm(forms.Form):
    """`before` is the seq of a message, `kind` pictures or all else."""

    before = forms.IntegerField(required=False, min_value=1, max_value=SEQ_MAX)
    kind = forms.ChoiceField(choices=KINDS, required=False)

    def wanted(self) -> tuple[int | None, str]:
        """What is asked for; what cannot be read is not."""
        self.full_clean()
        return self.cleaned_data.get("before"), self.cleaned_data.get("kind", "")
