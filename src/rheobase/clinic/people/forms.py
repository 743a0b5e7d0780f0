"""What can be typed on the pages of people."""

from django import forms

from rheobase.clinic.people.models import Child

RELATIONS = ("mother", "father", "legal guardian", "foster parent", "grandparent")


class ChildForm(forms.ModelForm):
    """A new child."""

    class Meta:
        model = Child
        fields = ["given_name", "family_name", "born", "sex", "condition"]
        labels = {"born": "Date of birth", "condition": "Condition, as far as it is known"}
        widgets = {"born": forms.DateInput(attrs={"type": "date"})}


class GuardianForm(forms.Form):
    """The first guardian of a new child."""

    username = forms.SlugField(
        label="Sign-in name",
        max_length=60,
        help_text="Letters, digits, - and _. If the family has an account already, its name.",
    )
    first_name = forms.CharField(label="Given name", max_length=80)
    last_name = forms.CharField(label="Family name", max_length=80)
    relation = forms.ChoiceField(label="Relation to the child", choices=[(r, r) for r in RELATIONS])


class EntrustForm(forms.Form):
    """Rights of one more guardian."""

    username = forms.CharField(label="Sign-in name of the family account", max_length=150)
    relation = forms.ChoiceField(label="Relation to the child", choices=[(r, r) for r in RELATIONS])
    can_view = forms.BooleanField(
        label="May see visits, forms and progress", required=False, initial=True
    )
    can_book = forms.BooleanField(
        label="May book, move and cancel visits", required=False, initial=True
    )
    can_consent = forms.BooleanField(
        label="May give and withdraw consent", required=False, initial=True
    )
    gets_notices = forms.BooleanField(
        label="Gets messages about visits", required=False, initial=True
    )
