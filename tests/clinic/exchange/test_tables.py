"""Tables that leave the clinic: typed, with units, no names, and the same in CSV and Parquet."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from rheobase.clinic import tables
from rheobase.clinic.exchange import research
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people.models import AccessLog
from rheobase.clinic.tables import Column, Shape
from rheobase.errors import BadInput, RheobaseError

from .conftest import fill

ALL = Shape(
    title="one of each kind",
    licence="none",
    columns=(
        Column(name="word", kind="text", text="a text"),
        Column(name="force_n", kind="number", unit="N", text="a number"),
        Column(name="n", kind="count", text="a count"),
        Column(name="at_utc", kind="moment", text="a moment"),
        Column(name="seen", kind="yes or no", text="a choice"),
    ),
)
SECONDS = st.integers(-631_152_000, 4_102_444_800)  # 1950 to 2100
MOMENTS = SECONDS.map(lambda s: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "word": st.none() | st.text(max_size=30),
            "force_n": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "n": st.none() | st.integers(-(2**31), 2**31 - 1),
            "at_utc": st.none() | MOMENTS,
            "seen": st.none() | st.booleans(),
        }
    ),
    max_size=20,
)


def read(content):
    return pq.read_table(io.BytesIO(content))


@given(ROWS)
def test_what_goes_into_parquet_comes_out_of_it(rows):
    assert read(tables.parquet(ALL, rows)).to_pylist() == rows


@given(ROWS)
def test_csv_and_parquet_hold_the_same_numbers(rows):
    kept = [{**row, "word": None} for row in rows]
    found = list(csv.DictReader(io.StringIO(tables.csv_text(ALL, kept))))
    numbers = [float(one["force_n"]) if one["force_n"] else None for one in found]
    assert numbers == read(tables.parquet(ALL, kept))["force_n"].to_pylist()


def test_every_column_says_its_unit_and_every_file_its_licence():
    schema = read(tables.parquet(research.SESSIONS, [])).schema
    assert schema.field("charge_uc").metadata[b"unit"] == b"uC"
    assert str(schema.field("started_utc").type) == "timestamp[us, tz=UTC]"
    assert str(schema.field("contractions").type) == "int32"
    assert schema.metadata[b"licence"].startswith(b"none")
    assert schema.metadata[b"made_by"].startswith(b"rheobase ")
    assert all(field.metadata[b"description"] for field in schema)


def test_names_of_columns_carry_their_unit():
    ends = {"Hz": "_hz", "us": "_us", "mA": "_ma", "min": "minutes", "uC": "_uc"}
    for shape, _ in research.TABLES.values():
        assert [c.name for c in shape.columns if c.unit and not c.name.endswith(ends[c.unit])] == []


def test_a_value_of_another_kind_is_refused_by_name():
    with pytest.raises(BadInput, match="'n' is no count"):
        tables.parquet(ALL, [{"n": "many"}])


def test_a_cell_that_a_spreadsheet_would_run_is_quoted():
    shape = Shape(title="t", licence="none", columns=(Column(name="u", kind="text", text="u"),))
    for cell in ("=cmd()", "+1", "-1", "@x", "\tx"):
        text = tables.csv_text(shape, [{"u": cell}])
        assert next(csv.DictReader(io.StringIO(text)))["u"] == f"'{cell}"


def test_there_is_one_row_per_session_and_unit_and_no_name(world):
    rows = world.records(world.mila)
    Treatment.objects.filter(pk=rows["treatment"]).update(
        units=[{"slot": s, "make": "virtual", "address": "", "name": f"Unit {s}"} for s in "AB"],
        summary={"slots": [{"slot": "A", "minutes": 12.5, "highest_ma": 14.0}]},
    )
    found = list(research.sessions([world.mila]))
    assert [(r["slot"], r.get("minutes"), r.get("highest_ma")) for r in found] == [
        ("A", 12.5, 14.0),
        ("B", None, None),
    ]
    assert "Mila" not in tables.csv_text(research.SESSIONS, found)


@pytest.mark.parametrize("name", research.TABLES)
def test_a_child_without_records_has_a_header_only(world, name):
    shape, rows = research.TABLES[name]
    assert tables.csv_text(shape, rows([world.noor])).strip() == ",".join(shape.names)
    assert read(tables.parquet(shape, rows([world.noor]))).num_rows == 0


@pytest.mark.parametrize("name", research.TABLES)
def test_the_downloads_of_a_child_agree_with_each_other(world, signed_in, name):
    fill(world, world.mila)
    client = signed_in(world.ada)
    about = {"child": world.mila.pk}
    text = client.get(reverse(f"exchange:{name}_csv", kwargs=about)).content
    table = read(client.get(reverse(f"exchange:{name}_parquet", kwargs=about)).content)
    again = pcsv.read_csv(io.BytesIO(text.removeprefix(b"\xef\xbb\xbf")))
    assert again.num_rows == table.num_rows > 0
    assert again.column_names == table.column_names
    assert not {"Mila", "Lindqvist", "Ada"} & set(text.decode().replace(",", " ").split())


def test_the_tables_of_the_clinic_hold_every_child_and_are_noted_for_each(world, signed_in):
    for child in world.children:
        fill(world, child)
    response = signed_in(world.lead).post(reverse("exchange:clinic_tables"))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["tables"]["sessions"]["rows"] == 3
    assert manifest["tables"]["sessions"]["columns"]["charge_uc"]["unit"] == "uC"
    for name in research.TABLES:
        table = read(archive.read(f"{name}.parquet"))
        assert set(table["child"].to_pylist()) == {c.opaque for c in world.children}
    noted = AccessLog.objects.filter(action="export clinic", child__isnull=False)
    assert set(noted.values_list("child", flat=True)) == {c.pk for c in world.children}


@pytest.mark.parametrize("who", ["ada", "ben", "milas_mother"])
def test_nobody_else_has_the_tables_of_the_clinic(world, signed_in, who):
    client = signed_in(getattr(world, who))
    assert client.post(reverse("exchange:clinic_tables")).status_code == 404


def test_the_command_exports_once_and_only_for_who_may(world, tmp_path, capsys):
    from rheobase.cli import export

    fill(world, world.mila)
    file = tmp_path / "clinic.zip"
    for who, said in (("nobody", "Say who exports"), ("ben", "Only the clinic lead")):
        with pytest.raises(RheobaseError, match=said):
            export.command(file, by=who)
    assert not file.exists()
    export.command(file, what="tables", by="lena", as_json=True)
    assert json.loads(capsys.readouterr().out)["counts"]["sessions"] == 1
    assert file.stat().st_mode & 0o077 == 0
    assert AccessLog.objects.filter(action="export clinic", method="EXPORT").count() == 3
    with pytest.raises(BadInput, match="never overwrites"):
        export.command(file, what="fhir", by="lena")


def test_help_and_the_first_page_do_not_wait_for_arrow():
    code = (
        "import sys, django; from rheobase.cli import app; from rheobase.cli import simulate;"
        "django.setup(); import rheobase.clinic.urls; from django.urls import reverse;"
        "reverse('people:sign_in'); assert 'pyarrow' not in sys.modules"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "rheobase.clinic.settings"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
