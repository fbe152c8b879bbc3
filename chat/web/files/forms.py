"""What is asked of a file that is sent."""

from django import forms

from chat.models.file import clean_alt
from chat.protocol import ALT_MAX_CHARACTERS, InvalidText
from chat.web.refusals import in_words


class AltForm(forms.Form):
    """What a picture shows, for who does not see it."""

    alt = forms.CharField(required=False, max_length=ALT_MAX_CHARACTERS)

    def clean_alt(self) -> str:
        try:
            return clean_alt(self.cleaned_data["alt"])
        except InvalidText as error:
            raise forms.ValidationError(in_words(error.detail)) from None


class FileForm(AltForm):
    """A file, with the id that its sender chose."""

    id = forms.UUIDField()
    file = forms.FileField(allow_empty_file=True)  # which is refused with another code


class UploadForm(AltForm):
    """An upload in parts begins: its id, the name of the file, and how long it is."""

    id = forms.UUIDField()
    filename = forms.CharField()
    length = forms.IntegerField(min_value=0)
