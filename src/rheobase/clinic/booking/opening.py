"""The page of hours: everybody's week, days that differ, and visits left outside."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock, policy
from rheobase.clinic.booking import hours as rules
from rheobase.clinic.booking.administration.forms import DAYS, WeekForm
from rheobase.clinic.booking.models import HoursException
from rheobase.clinic.booking.records import hours_of, name_of
from rheobase.clinic.people.models import Role, User
from rheobase.clinic.policy import needs
from rheobase.clinic.typed import DayField
from rheobase.errors import BadInput

LONGEST_LEAVE = timedelta(days=366)


class DayForm(forms.Form):
    """Other hours on one day or several, for one therapist or everybody."""

    therapist = forms.ModelChoiceField(
        User.objects.filter(role=Role.THERAPIST, is_active=True),
        label=_("Therapist"),
        required=False,
        empty_label=_("Everybody"),
    )
    day = DayField(label=_("Day"))
    until = DayField(
        label=_("Until and including"),
        required=False,
        help_text=_("Empty for one day."),
    )
    starts = forms.TimeField(
        label=_("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends = forms.TimeField(
        label=_("To"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Leave both empty for a day off."),
    )

    def whom(self) -> list[User]:
        """Return whose hours change."""
        one = self.cleaned_data["therapist"]
        return [one] if one else list(self.fields["therapist"].queryset)

    def days(self) -> list[date]:
        """Return the days that change.

        Raises:
            BadInput: if they run backwards or last for more than a year.
        """
        first = self.cleaned_data["day"]
        last = self.cleaned_data["until"] or first
        if not first <= last <= first + LONGEST_LEAVE:
            raise BadInput(str(_("The last day comes after the first, within a year.")))
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@needs("configure")
@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """Show the hours, change those of a day or of every week, and list the visits left outside."""
    now = clock.now()
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _changed(form, again=request.POST.get("do") == "weekly"))
            return redirect("booking:hours")
        except BadInput as refusal:
            form.add_error(None, str(refusal))
    return _page(request, now, form=form)


@needs("configure")
@require_http_methods(["GET", "POST"])
def every_week(request: HttpRequest) -> HttpResponse:
    """Change somebody's hours on one day of the week, from a date on."""
    now = clock.now()
    today = clock.to_wall(now, settings.CLINIC_ZONE).date()
    form = WeekForm(request.POST or None, initial={"first_day": today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            left = rules.change_week(
                therapist=data["therapist"],
                weekday=data["weekday"],
                stretches=form.stretches(),
                first_day=data["first_day"],
                now=now,
            )
            messages.success(request, _left(len(left)))
            return redirect("booking:hours")
        except BadInput as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "back": "booking:hours",
        "title": _("Hours of every week"),
        "note": _("What was agreed before that day stays as it was. Visits are moved by nobody."),
    }
    status = 422 if form.errors else 200
    return render(request, "booking/administration/form.html", context, status=status)


def _page(request: HttpRequest, now: datetime, *, form: DayForm) -> HttpResponse:
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
    whom, days = form.whom(), form.days()
    if again:
        for therapist in whom:
            for day in days:
                rules.as_every_week(therapist=therapist, day=day)
        return ngettext(
            "That day is as every week again.", "Those days are as every week again.", len(days)
        )
    left = rules.change_days(
        therapists=whom, days=days, starts=data["starts"], ends=data["ends"], now=clock.now()
    )
    return _left(len(left))


def _left(count: int) -> str:
    said = ngettext(
        "Changed. %(n)s visit is now outside the hours.",
        "Changed. %(n)s visits are now outside the hours.",
        count,
    )
    return said % {"n": count}


def _weeks(
    therapists: list[User], today: date
) -> list[tuple[User, list[tuple[Any, list[tuple[time, time]]]]]]:
    weeks, hours = [], hours_of(therapists)
    for therapist in therapists:
        weekly = hours[name_of(therapist)].weekly
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
            for n, day in DAYS
        ]
        weeks.append((therapist, [(day, found) for day, found in rows if found]))
    return weeks
