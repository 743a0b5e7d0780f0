"""What can be typed on the pages of people."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic.people import factors
from rheobase.clinic.people.models import Child, Discipline, Role, User

NOT_BY_A_LEAD = {Role.GUARDIAN, Role.ADMINISTRATOR}
RELATIONS = (
    noop("mother"),
    noop("father"),
    noop("legal guardian"),
    noop("foster parent"),
    noop("grandparent"),
)


class ChildForm(forms.ModelForm):
    """A new child."""

    class Meta:
        model = Child
        fields = ["given_name", "family_name", "born", "sex", "condition"]
        labels = {
            "given_name": _("Given name"),
            "family_name": _("Family name"),
            "born": _("Date of birth"),
            "sex": _("Sex"),
            "condition": _("Condition, as far as it is known"),
        }
        widgets = {"born": forms.DateInput(attrs={"type": "date"})}


class GuardianForm(forms.Form):
    """The first guardian of a new child."""

    username = forms.SlugField(
        label=_("Sign-in name"),
        max_length=60,
        help_text=_("Letters, digits, - and _. If the family has an account already, its name."),
    )
    first_name = forms.CharField(label=_("Given name"), max_length=80)
    last_name = forms.CharField(label=_("Family name"), max_length=80)
    relation = forms.ChoiceField(
        label=_("Relation to the child"), choices=[(r, _(r)) for r in RELATIONS]
    )


class EntrustForm(forms.Form):
    """Rights of one more guardian."""

    username = forms.CharField(label=_("Sign-in name of the family account"), max_length=150)
    relation = forms.ChoiceField(
        label=_("Relation to the child"), choices=[(r, _(r)) for r in RELATIONS]
    )
    can_view = forms.BooleanField(
        label=_("May see visits, forms and progress"), required=False, initial=True
    )
    can_book = forms.BooleanField(
        label=_("May book, move and cancel visits"), required=False, initial=True
    )
    can_consent = forms.BooleanField(
        label=_("May give and withdraw consent"), required=False, initial=True
    )
    gets_notices = forms.BooleanField(
        label=_("Gets messages about visits"), required=False, initial=True
    )
    child_agrees = forms.BooleanField(
        label=_("If the child is a mature minor: it lets them read forms and progress"),
        required=False,
    )
    first_day = forms.DateField(
        label=_("From, if later than today"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    last_day = forms.DateField(
        label=_("Until and with, if it ends by itself"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    court_note = forms.CharField(
        label=_("Court note"),
        required=False,
        max_length=500,
        help_text=_("What a court has said. Staff see it at booking and consent; families never."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class StaffForm(forms.Form):
    """Somebody who is invited to the staff."""

    username = forms.SlugField(label=_("Sign-in name"), max_length=60)
    first_name = forms.CharField(label=_("Given name"), max_length=80)
    last_name = forms.CharField(label=_("Family name"), max_length=80)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    role = forms.ChoiceField(label=_("Role"))
    discipline = forms.ChoiceField(
        label=_("Discipline"), choices=[("", "–"), *Discipline.choices], required=False
    )
    registration = forms.CharField(
        label=_("Registration with the college"), max_length=40, required=False
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = {Role.GUARDIAN} if by.role == Role.ADMINISTRATOR else NOT_BY_A_LEAD
        self.fields["role"].choices = [one for one in Role.choices if one[0] not in hidden]


class CodeForm(AuthenticateForm):
    """The code of an app, or a recovery code, to sign in."""

    def clean_code(self) -> str:
        """Return the code if it fits and was not used before."""
        return _once(self, super().clean_code())


class CodeAgainForm(ReauthenticateForm):
    """The code of an app, or a recovery code, to confirm who one is."""

    def clean_code(self) -> str:
        """Return the code if it fits and was not used before."""
        return _once(self, super().clean_code())


def _once(form: Any, code: str) -> str:
    """Spend a code; allauth remembers it in one process and for half a minute, we in the database."""
    if form.authenticator.type == factors.APP and not factors.spend(form.authenticator, code):
        raise get_adapter().validation_error("incorrect_code")
    return code
