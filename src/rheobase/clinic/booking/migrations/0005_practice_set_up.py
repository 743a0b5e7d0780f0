"""Series, pools of units and their absences, requests, what can be undone, the outbox as a queue."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0004_wait_list"),
        ("people", "0003_log_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedFetch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bucket", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wanted", models.BooleanField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="OutOfService",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("starts", models.DateTimeField()),
                ("ends", models.DateTimeField(blank=True, null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["starts"],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("made", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StimulatorModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("label_from_years", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("label_note", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AlterModelOptions(
            name="statuschange",
            options={"ordering": ["pk"]},
        ),
        migrations.RemoveIndex(
            model_name="allocation",
            name="booking_all_resourc_be5f11_idx",
        ),
        migrations.AddField(
            model_name="outbox",
            name="claimed",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outbox",
            name="outcome",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="outbox",
            name="settled",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outbox",
            name="tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="service",
            name="on_request",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="statuschange",
            name="was",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="statuschange",
            name="what",
            field=models.CharField(
                blank=True,
                choices=[
                    ("booked", "Booked"),
                    ("moved", "Moved"),
                    ("cancelled", "Cancelled"),
                    ("undone", "Undone"),
                    ("", "Changed"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                condition=models.Q(("active", True)),
                fields=["resource", "starts", "ends", "visit"],
                name="reserved",
            ),
        ),
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("settled__isnull", True), ("withdrawn__isnull", True)),
                fields=["not_before"],
                name="to_be_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="outbox",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "reminder"), ("withdrawn__isnull", True)),
                fields=("visit", "to", "not_before"),
                name="one_reminder_each",
            ),
        ),
        migrations.AddIndex(
            model_name="feedfetch",
            index=models.Index(fields=["bucket", "at"], name="booking_fee_bucket_64b21e_idx"),
        ),
        migrations.AddField(
            model_name="noticechoice",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="outofservice",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="outofservice",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absences",
                to="booking.stimulator",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="child",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.child"),
        ),
        migrations.AddField(
            model_name="appointment",
            name="series",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="booking.series",
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("status", "held")), fields=["held_until"], name="held_visits"
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="unit_model",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="services",
                to="booking.stimulatormodel",
            ),
        ),
        migrations.AddField(
            model_name="stimulator",
            name="model",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="units",
                to="booking.stimulatormodel",
            ),
        ),
    ]
