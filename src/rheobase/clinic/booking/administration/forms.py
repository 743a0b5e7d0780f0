"""What can be typed on the pages of the clinic's set-up."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rheobase.clinic.booking.engine import Need
from rheobase.clinic.booking.models import Room, Service, Stimulator, StimulatorModel
from rheobase.clinic.people.models import Role, User
from rheobase.clinic.typed import DayField
from rheobase.errors import BadInput

DAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)
GRID_MIN = 15
STRETCHES = 2  # a morning and an afternoon


class ServiceForm(forms.ModelForm):
    """One kind of visit."""

    class Meta:
        model = Service
        fields = [
            "name",
            "discipline",
            "description",
            "minutes",
            "buffer_before_min",
            "buffer_after_min",
            "stimulators",
            "unit_model",
            "notice_hours",
            "horizon_days",
            "cancel_hours",
            "online",
            "on_request",
            "active",
        ]
        labels = {
            "name": _("Name"),
            "discipline": _("Discipline"),
            "description": _("What families read about it"),
            "minutes": _("Length, minutes"),
            "buffer_before_min": _("Kept free before it, minutes"),
            "buffer_after_min": _("Kept free after it, minutes"),
            "stimulators": _("Stimulators"),
            "unit_model": _("Of which model"),
            "notice_hours": _("Families book at least this many hours ahead"),
            "horizon_days": _("And at most this many days ahead"),
            "cancel_hours": _("Families move or cancel until this many hours before"),
            "online": _("Families can book it"),
            "on_request": _("What families book is a request that the clinic answers"),
            "active": _("Offered at present"),
        }
        help_texts = {
            "minutes": _("Times begin every quarter of an hour."),
            "stimulators": _(
                "0 for a visit without stimulation, one for each muscle group otherwise."
            ),
            "unit_model": _("Any free unit of it is taken. Empty: any unit of any model."),
            "notice_hours": _("The front desk may book until the visit begins."),
            "cancel_hours": _(
                "Afterwards they are asked to call. Within 3 minutes of booking they can always undo."
            ),
        }

        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_model"].empty_label = _("any model")

    def clean(self) -> dict[str, Any]:
        """Refuse what could never be booked."""
        data: dict[str, Any] = super().clean() or {}
        try:
            Need(
                minutes=data.get("minutes", GRID_MIN),
                before_min=data.get("buffer_before_min", 0),
                after_min=data.get("buffer_after_min", 0),
                units=data.get("stimulators", 0),
            )
        except BadInput as refusal:
            raise ValidationError(str(refusal)) from None
        units = Stimulator.objects.filter(active=True)
        if model := data.get("unit_model"):
            units = units.filter(model=model)
        if data.get("active") and (data.get("stimulators") or 0) > units.count():
            self.add_error("stimulators", _("The clinic has fewer units of this kind in service."))
        if not data.get("horizon_days"):
            self.add_error("horizon_days", _("At least one day, or nothing can be booked."))
        return data


class RoomForm(forms.ModelForm):
    """One room."""

    class Meta:
        model = Room
        fields = ["name", "active"]
        labels = {"name": _("Name"), "active": _("In use")}


class ModelForm(forms.ModelForm):
    """One model of stimulator, and what its label says about age."""

    class Meta:
        model = StimulatorModel
        fields = ["name", "label_from_years", "label_note"]
        labels = {
            "name": _("Model"),
            "label_from_years": _("Youngest age on its label, years"),
            "label_note": _("What else the label says about children"),
        }
        help_texts = {
            "label_from_years": _(
                "Empty if the label names none. Units whose label includes the child are reserved first; "
                "a use outside the label is the therapist's signed decision."
            )
        }


class UnitForm(forms.ModelForm):
    """One unit."""

    class Meta:
        model = Stimulator
        fields = ["name", "model", "make", "address", "serial_number", "inspected_until", "active"]
        labels = {
            "name": _("Name, as it is written on the unit"),
            "model": _("Model"),
            "make": _("Driver"),
            "address": _("Address"),
            "serial_number": _("Serial number"),
            "inspected_until": _("Inspected until"),
            "active": _("In the clinic's possession"),
        }
        help_texts = {
            "make": _("The name of the driver that speaks to it; “manual” if it is set by hand."),
            "address": _("What the driver opens, for example a serial port."),
        }
        field_classes = {"inspected_until": DayField}
        widgets = {"inspected_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].empty_label = "–"


class AbsenceForm(forms.Form):
    """A unit goes away."""

    reason = forms.CharField(label=_("Why"), max_length=200)
    first = DayField(label=_("From"))
    last = DayField(
        label=_("Until and including"),
        required=False,
        help_text=_("Empty: until somebody says that it is back."),
    )


class WeekForm(forms.Form):
    """Other hours on one day of the week, from a date on."""

    therapist = forms.ModelChoiceField(
        User.objects.filter(role=Role.THERAPIST, is_active=True),
        label=_("Therapist"),
        empty_label="–",
    )
    weekday = forms.TypedChoiceField(label=_("Every"), choices=DAYS, coerce=int)
    first_day = DayField(label=_("From this day on"))
    starts_1 = forms.TimeField(
        label=_("Begins"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends_1 = forms.TimeField(
        label=_("Ends"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    starts_2 = forms.TimeField(
        label=_("Begins again"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends_2 = forms.TimeField(
        label=_("Ends again"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("After a break. Leave all four empty for a day off every week."),
    )

    def stretches(self) -> list[tuple[Any, Any]]:
        """Return the stretches that were typed.

        Raises:
            BadInput: if one has a beginning or an end only.
        """
        data = self.cleaned_data
        pairs = [(data[f"starts_{n}"], data[f"ends_{n}"]) for n in range(1, STRETCHES + 1)]
        if any((starts is None) != (ends is None) for starts, ends in pairs):
            raise BadInput(str(_("Give a beginning and an end, or neither.")))
        return [(starts, ends) for starts, ends in pairs if starts is not None]
