"""Addresses of what leaves the clinic."""

from django.urls import path

from rheobase.clinic.exchange import everyone, keeping_views, research, views

app_name = "exchange"
urlpatterns = [
    path("visit/<uuid:visit>.ics", views.ics, name="ics"),
    path("feed/<str:key>.ics", views.feed, name="feed"),
    path("feeds/", views.feeds, name="feeds"),
    path("clinic/", everyone.export, name="clinic"),
    path("clinic/tables/", everyone.export_tables, name="clinic_tables"),
    path("keeping/", keeping_views.records, name="keeping"),
    path("keeping/<uuid:child>/", keeping_views.hold, name="hold"),
    path("import/", everyone.import_children, name="import"),
    path("child/<uuid:child>/", views.child, name="child"),
    path("child/<uuid:child>/record.fhir.json", views.fhir, name="fhir"),
    *(
        path(
            f"child/<uuid:child>/{table}.{suffix}",
            views.table,
            {"table": table, "suffix": suffix},
            name=f"{table}_{suffix}",
        )
        for table in research.TABLES
        for suffix in ("csv", "parquet")
    ),
]
