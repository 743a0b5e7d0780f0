"""What can be typed on the pages of people."""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic import clock
from rheobase.clinic.people import factors, throttle
from rheobase.clinic.people.models import Child, Discipline, Role, SignInTry, User
from rheobase.clinic.people.names import wrong_birthday, wrong_name
from rheobase.clinic.typed import DayField

NOT_BY_A_LEAD = {Role.GUARDIAN, Role.ADMINISTRATOR}
RELATIONS = (
    noop("mother"),
    noop("father"),
    noop("legal guardian"),
    noop("foster parent"),
    noop("grandparent"),
)


class NameField(forms.CharField):
    """A name of a person, kept as composed characters."""

    def clean(self, value: Any) -> str:
        """Return the name, if it holds what names hold."""
        name = unicodedata.normalize("NFC", super().clean(value))
        for why in wrong_name(str(self.label).lower(), name) if name else ():
            raise ValidationError(f"{why[:1].upper()}{why[1:]}.")
        return name


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
        field_classes = {"given_name": NameField, "family_name": NameField, "born": DayField}
        widgets = {"born": forms.DateInput(attrs={"type": "date"})}

    def clean_born(self) -> date:
        """Return the birthday, if somebody can be born on it."""
        born: date = self.cleaned_data["born"]
        if why := wrong_birthday(born, clock.today(settings.CLINIC_ZONE)):
            raise ValidationError(f"{why}.")
        return born


class GuardianForm(forms.Form):
    """The first guardian of a new child."""

    username = forms.SlugField(
        label=_("Sign-in name"),
        max_length=60,
        help_text=_("Letters, digits, - and _. If the family has an account already, its name."),
    )
    first_name = NameField(label=_("Given name"), max_length=80)
    last_name = NameField(label=_("Family name"), max_length=80)
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
    first_day = DayField(
        label=_("From, if later than today"),
        required=False,
    )
    last_day = DayField(
        label=_("Until and with, if it ends by itself"),
        required=False,
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
    first_name = NameField(label=_("Given name"), max_length=80)
    last_name = NameField(label=_("Family name"), max_length=80)
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
        return _counted(self, super().clean_code)


class CodeAgainForm(ReauthenticateForm):
    """The code of an app, or a recovery code, to confirm who one is."""

    def clean_code(self) -> str:
        """Return the code if it fits and was not used before."""
        return _counted(self, super().clean_code)


def _counted(form: Any, check: Callable[[], str]) -> str:
    """Look at a code unless there were too many wrong ones, whichever process saw them."""
    address = context.request.META["REMOTE_ADDR"]
    tried = throttle.note_code(form.user.username, address, clock.now())
    if tried is None:
        raise account_adapter().validation_error("too_many_login_attempts")
    code = _once(form, check())
    SignInTry.objects.filter(pk=tried.pk).update(succeeded=True)
    return code


def _once(form: Any, code: str) -> str:
    """Spend a code; allauth remembers it in one process and for half a minute, we in the database."""
    if form.authenticator.type == factors.APP and not factors.spend(form.authenticator, code):
        raise get_adapter().validation_error("incorrect_code")
    return code
