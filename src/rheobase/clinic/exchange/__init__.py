"""Step 11: FHIR, iCalendar and CSV."""
