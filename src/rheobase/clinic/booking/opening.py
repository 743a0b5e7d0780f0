"""The page of hours: everybody's week, days that differ, and visits left outside."""

from datetime import date, time

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock, policy
from rheobase.clinic.booking import hours as rules
from rheobase.clinic.booking.models import HoursException
from rheobase.clinic.booking.records import hours_of, name_of
from rheobase.clinic.people.models import Role, User
from rheobase.clinic.policy import needs
from rheobase.errors import BadInput

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class DayForm(forms.Form):
    """Other hours on one day."""

    therapist = forms.ModelChoiceField(User.objects.filter(role=Role.THERAPIST, is_active=True))
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    starts = forms.TimeField(
        label="From", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends = forms.TimeField(
        label="To",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text="Leave both empty for a day off.",
    )


@needs("configure")
@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """Show the hours, change those of one day, and list the visits left outside them."""
    now = clock.now()
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _changed(form, again=request.POST.get("do") == "weekly"))
            return redirect("booking:hours")
        except BadInput as refusal:
            form.add_error(None, str(refusal))
    names = policy.may(request.user, "see calendar")  # an administrator sees times, not children
    today = clock.to_wall(now, settings.CLINIC_ZONE).date()
    therapists = list(User.objects.filter(role=Role.THERAPIST, is_active=True))
    context = {
        "form": form,
        "weeks": _weeks(therapists, today),
        "days": HoursException.objects.filter(day__gte=today)
        .select_related("therapist")
        .order_by("day"),
        "outside": rules.outside(now),
        "names": names,
    }
    return render(request, "booking/hours.html", context)


def _changed(form: DayForm, *, again: bool) -> str:
    data = form.cleaned_data
    if again:
        rules.as_every_week(therapist=data["therapist"], day=data["day"])
        return "That day is as every week again."
    left = rules.change_day(
        therapist=data["therapist"],
        day=data["day"],
        starts=data["starts"],
        ends=data["ends"],
        now=clock.now(),
    )
    return f"Changed. {len(left)} visits of that day are now outside the hours."


def _weeks(
    therapists: list[User], today: date
) -> list[tuple[User, list[tuple[str, list[tuple[time, time]]]]]]:
    weeks = []
    for therapist in therapists:
        weekly = hours_of([therapist])[name_of(therapist)].weekly
        rows = [
            (
                day,
                [
                    (w.starts, w.ends)
                    for w in weekly
                    if w.weekday == n
                    and w.first_day <= today
                    and (w.last_day is None or today <= w.last_day)
                ],
            )
            for n, day in enumerate(DAYS)
        ]
        weeks.append((therapist, [(day, found) for day, found in rows if found]))
    return weeks
