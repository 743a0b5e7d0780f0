"""Children from another program's table: what is right comes in once, everything else is said."""

import codecs
import unicodedata
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from rheobase.clinic.exchange import children_csv, importing
from rheobase.clinic.people.models import AccessLog, Child, Guardianship, User
from rheobase.errors import BadInput, NotAllowed

TODAY = date(2026, 11, 23)
HEADER = "given_name,family_name,born,sex,condition"
GUARDED = f"{HEADER},guardian_sign_in,guardian_given_name,guardian_family_name,guardian_relation"
ZOE = "Zoë,Lefèvre-O’Brien,2019-04-30,female,other"


def lines(*rows, header=HEADER):
    return "\r\n".join([header, *rows])


def read(*rows, header=HEADER):
    return children_csv.read(lines(*rows, header=header).encode(), TODAY)


def fate(*rows, header=HEADER):
    return importing.fates(read(*rows, header=header), TODAY)


def wrong(row, header=HEADER):
    [line] = read(row, header=header).lines
    return "; ".join(line.wrong)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (lines(ZOE).encode(), "UTF-8"),
        (lines(ZOE).encode("utf-8-sig"), "UTF-8"),
        (lines(ZOE).encode("cp1252"), "Windows-1252"),
        (codecs.BOM_UTF16_LE + lines(ZOE).encode("utf-16-le"), "UTF-16"),
        (codecs.BOM_UTF16_BE + lines(ZOE).encode("utf-16-be"), "UTF-16"),
        (lines(ZOE).encode("utf-16-le"), "UTF-16"),
        (lines(ZOE).encode("utf-16-be"), "UTF-16"),
        (lines(ZOE).replace(",", ";").encode(), "UTF-8"),
        (lines(ZOE).replace(",", "\t").encode("cp1252"), "Windows-1252"),
    ],
)
def test_zoe_is_zoe_whatever_program_wrote_her(content, named):
    table = children_csv.read(content, TODAY)
    [line] = table.lines
    assert (table.encoding, line.name, line.wrong) == (named, "Zoë Lefèvre-O’Brien", ())


def test_letters_that_are_no_letters_are_refused():
    with pytest.raises(BadInput, match="cannot be read"):
        children_csv.read(b"given_name\x81\x8d\xff", TODAY)


@pytest.mark.parametrize(
    "born",
    ["", "30.04.2019", "04/05/2019", "2019-4-30", "2019-02-29", "20190430", "2027-01-01", "1019-04-30", "soon"],
)  # fmt: skip
def test_a_date_is_never_guessed(born):
    assert wrong(f"Zoe,Lake,{born},female,other")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("=HYPERLINK(1)", "“=”"),
        ("@SUM", "“@”"),
        ("<script>alert(1)</script>", "“<”"),
        ("Zoe\u202eexe", "right-to-left override"),
        ("Zoe\u200b", "zero width space"),
        ("Zoe\x07", "control character 0x07"),
        ("Zoe2", "“2”"),
        ("''", "has no letter"),
        ("Z" * 81, "longer than 80"),
        ("", "no given name"),
    ],
)
def test_a_name_that_is_none_is_refused_and_says_why(name, said):
    assert said in wrong(f'"{name}",Lake,2019-04-30,female,other')


@pytest.mark.parametrize(
    "name", ["Ñandú", "Søren", "李", "Анна", "D'Arcy", "Mary-Jane St. John", "Zoe\u0308"]
)
def test_names_of_the_world_are_names(name):
    assert wrong(f"{name},Lake,2019-04-30,female,other") == ""


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("given_name,family_name,born,sex", "missing columns: condition"),
        (f"{HEADER},shoe_size", "unknown columns: “shoe_size”"),
        (f"{HEADER},born", "there twice: “born”"),
        (f"{HEADER},guardian_sign_in", "guardian_relation"),
    ],
)
def test_columns_that_are_not_ours_are_named(header, said):
    with pytest.raises(BadInput, match="(?i)" + said):
        read(header=header)


def test_a_line_with_too_few_or_too_many_cells_is_wrong_and_the_others_are_not():
    table = read("Zoe,Lake", "Ann,Lake,2019-04-30,female,other", "A,B,2019-04-30,female,other,x")
    assert [bool(line.wrong) for line in table.lines] == [True, False, True]
    assert [line.number for line in table.lines] == [2, 3, 4]


@pytest.mark.parametrize("content", [b"", b"\n\n", b" ", b";;\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(content):
    with pytest.raises(BadInput, match="is empty"):
        children_csv.read(content, TODAY)


LETTERS = st.text(st.characters(codec="cp1252", categories=["Lu", "Ll"]), min_size=1, max_size=20)
BORN = st.dates(date(2000, 1, 1), date(2026, 1, 1))
CODES = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])


@given(LETTERS, LETTERS, BORN, CODES, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_a_right_line_is_right_in_every_encoding_and_with_every_separator(
    first, last, born, code, comma, end
):
    row = [first, last, born.isoformat(), "female", "other"]
    text = end.join(comma.join(cells) for cells in (HEADER.split(","), row))
    (line,) = children_csv.read(text.encode(code), TODAY).lines
    # A Windows file without a letter outside ASCII is UTF-8 just as well.
    assert line.wrong == ()
    wanted = unicodedata.normalize("NFC", f"{first} {last}")
    if code != "cp1252":
        assert (line.name, line.born) == (wanted, born)
    else:
        assert line.born == born


@given(st.binary(max_size=300))
def test_any_file_at_all_is_read_or_refused(content):
    try:
        table = children_csv.read(content, TODAY)
    except BadInput:
        return
    assert isinstance(table, children_csv.Table)


@given(st.text(max_size=200))
def test_whatever_follows_the_header_is_read_or_refused(text):
    try:
        table = children_csv.read((HEADER + "\n" + text).encode("utf-8", "surrogatepass"), TODAY)
    except BadInput:
        return
    assert all(line.wrong or line.born for line in table.lines)


def test_a_child_that_is_here_is_left_out_and_one_that_is_there_twice_is_wrong(world):
    found = fate(
        "MILA,lindqvist,2020-05-04,F,other",
        "Zoe,Lake,2019-04-30,female,other",
        "zoe,lake,2019-04-30,female,other",
        "Mila,Lindqvist,2019-05-04,female,other",
        "Old,Lake,2007-04-30,male,other",
    )
    assert [f.fate for f in found] == ["already here", "new", "wrong", "new", "new"]
    assert found[2].why == ("the same child as in line 3",)
    assert "born 2020-05-04" in found[3].look[0]
    assert found[4].look == ("18 years or older",)


def test_one_wrong_line_keeps_all_out(world):
    found = fate("Zoe,Lake,2019-04-30,female,other", "Ann,Lake,yesterday,female,other")
    with pytest.raises(BadInput, match="line 3"):
        importing.run(found, world.lead, world.mila.created)
    assert Child.objects.count() == 3


def test_a_second_import_of_the_same_file_adds_nothing(world):
    row = "Zoe,Lake,2019-04-30,female,other,z.lake,Kim,Lake,mother"
    [first] = importing.run(fate(row, header=GUARDED), world.lead, world.mila.created)
    assert first.password
    assert User.objects.get(username="z.lake").check_password(first.password)
    assert Guardianship.objects.get(child=first.child).user.username == "z.lake"
    assert importing.run(fate(row, header=GUARDED), world.lead, world.mila.created) == []


def test_two_looks_and_one_import_each_do_not_make_two_children(world):
    found = fate("Zoe,Lake,2019-04-30,female,other")
    importing.run(found, world.lead, world.mila.created)
    with pytest.raises(BadInput, match="meanwhile"):
        importing.run(found, world.lead, world.mila.created)
    assert Child.objects.filter(given_name="Zoe").count() == 1


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("ada,Ada,Marsh,mother", "is staff"),
        ("mother.lindqvist,Somebody,Else,mother", "another name"),
        ("mother.lindqvist,Sara,,mother", "lacks guardian_family_name"),
        ("no spaces,Sara,Lake,mother", "other things than letters"),
        ("new.one,Sara,Lake,neighbour", "relation “neighbour” is unknown"),
    ],
)
def test_an_import_never_takes_over_an_account(world, account, said):
    [one] = fate(f"Zoe,Lake,2019-04-30,female,other,{account}", header=GUARDED)
    assert one.fate == "wrong"
    assert said in "; ".join(one.why)


def test_only_a_lead_or_an_administrator_imports(world):
    with pytest.raises(NotAllowed):
        importing.run(fate(ZOE), world.ben, world.mila.created)


def upload(text):
    return {"file": SimpleUploadedFile("children.csv", text.encode("cp1252"), "text/csv")}


def test_the_page_looks_first_and_imports_only_then(world, signed_in):
    client, address = signed_in(world.admin), reverse("exchange:import")
    shown = client.post(address, upload(lines(ZOE, "<b>x</b>,Lake,2019-04-30,female,other")))
    assert "<b>x</b>" not in shown.content.decode()
    assert shown.context["wrong"] == 1
    shown = client.post(address, upload(lines(ZOE)))
    assert Child.objects.count() == 3
    text = shown.context["text"]
    done = client.post(address, {"text": text, "encoding": "UTF-8", "do": "import"})
    assert "Zoë Lefèvre-O’Brien" in done.content.decode()
    assert Child.objects.count() == 4
    assert AccessLog.objects.filter(child__given_name="Zoë", username="max").exists()


def test_a_bad_file_is_said_on_the_page(world, signed_in):
    client, address = signed_in(world.lead), reverse("exchange:import")
    response = client.post(address, upload("name,age"), follow=True)
    assert "Unknown columns" in response.content.decode()
    response = client.post(address, {}, follow=True)
    assert "No file was chosen" in response.content.decode()


@pytest.mark.parametrize("who", ["ada", "ben", "milas_mother"])
def test_nobody_else_reaches_the_page(world, signed_in, who):
    assert signed_in(getattr(world, who)).get(reverse("exchange:import")).status_code == 404
