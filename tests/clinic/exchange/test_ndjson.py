"""The whole clinic as FHIR: one file per resource type, one resource per line, noted for every child."""

import io
import json
import zipfile

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.exchange import bundle
from rheobase.clinic.people.models import AccessLog, Child


@pytest.fixture
def archive(world, signed_in):
    for child in world.children:
        world.records(child)
    response = signed_in(world.lead).post(reverse("exchange:clinic"))
    assert response["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def resources(archive):
    for name in archive.namelist():
        if name.endswith(".ndjson"):
            for line in archive.read(name).decode().splitlines():
                yield name, json.loads(line)


def test_every_resource_of_every_child_is_there_once_in_the_file_of_its_type(archive):
    found = [(r["resourceType"], r["id"]) for _, r in resources(archive)]
    wanted = {
        (e["resource"]["resourceType"], e["resource"]["id"])
        for child in Child.objects.all()
        for e in bundle.of_child(child, clock.now())["entry"]
    }
    assert len(found) == len(set(found))
    hours = {f for f in found if f[0] in ("Schedule", "Slot")}
    assert set(found) == wanted | hours
    assert len({f for f in hours if f[0] == "Schedule"}) == 2
    assert all(name == f"{r['resourceType']}.ndjson" for name, r in resources(archive))


def test_the_manifest_counts_what_is_there(archive):
    manifest = json.loads(archive.read("manifest.json"))
    counts = {o["url"]: o["count"] for o in manifest["output"]}
    assert counts == {
        n: len(archive.read(n).splitlines()) for n in archive.namelist() if n.endswith(".ndjson")
    }
    assert counts["Patient.ndjson"] == 3


def test_every_reference_leads_to_something_in_the_archive(archive):
    whole = {f"{r['resourceType']}/{r['id']}" for _, r in resources(archive)}

    def references(part):
        if isinstance(part, dict):
            yield from (v for k, v in part.items() if k == "reference")
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    asked = {ref for _, r in resources(archive) for ref in references(r) if "/" in ref}
    assert asked <= whole


def test_the_export_is_noted_for_every_child(archive, world):
    noted = AccessLog.objects.filter(action="export clinic", username="lena", child__isnull=False)
    assert set(noted.values_list("child", flat=True)) == {c.pk for c in world.children}


def test_looking_at_the_page_exports_nothing(world, signed_in):
    response = signed_in(world.admin).get(reverse("exchange:clinic"))
    assert response.status_code == 200
    assert not AccessLog.objects.filter(action="export clinic").exists()


@pytest.mark.parametrize("who", ["ada", "ben", "milas_mother"])
def test_nobody_else_exports_the_clinic(world, signed_in, who):
    assert signed_in(getattr(world, who)).post(reverse("exchange:clinic")).status_code == 404
