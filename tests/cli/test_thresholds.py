"""The commands `thresholds` and `velocity`, as a researcher types them."""

import json

import pytest
from typer.testing import CliRunner

from rheobase.cli import app
from rheobase.errors import BadInput

ARM = {
    "length_mm": 400.0,
    "layers": [
        {"outer_radius_mm": 6.5, "radial_s_m": 0.08, "axial_s_m": 0.08},
        {"outer_radius_mm": 12.5, "radial_s_m": 0.02, "axial_s_m": 0.02},
        {"outer_radius_mm": 46.0, "radial_s_m": 1 / 9, "axial_s_m": 1 / 3},
        {"outer_radius_mm": 48.5, "radial_s_m": 1 / 33, "axial_s_m": 1 / 33},
        {"outer_radius_mm": 50.0, "radial_s_m": 1 / 700, "axial_s_m": 1 / 700},
    ],
    "pads": [
        {
            "centre_z_mm": z,
            "angle_deg": 0.0,
            "height_mm": 50.0,
            "width_mm": 50.0,
            "current_share": share,
        }
        for z, share in ((200.0, -1.0), (270.0, 1.0))
    ],
    "fibre": {
        "radius_mm": 35.0,
        "angle_deg": 0.0,
        "diameter_um": 14.0,
        "nodes": 243,
        "centre_z_mm": 200.0,
    },
    "pulse": {"shape": "cathodic", "width_us": 300.0, "gap_us": 0.0},
}


def run(*words):
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(*words):
    return json.loads(run(*words, "--json").stdout)


def changed(tmp_path, where, **values):
    limb = json.loads(json.dumps(ARM))
    (limb[where][0] if isinstance(limb[where], list) else limb[where]).update(values)
    path = tmp_path / "limb.json"
    path.write_text(json.dumps(limb), "utf-8")
    return str(path)


def test_a_point_source_gives_neurons_threshold():
    words = "thresholds --fibre mrg2002 --diameter-um 10 --nodes 51 --point-mm 1 --offset-mm 0"
    found = answer(*words.split(), "--sigma", "0.3", "--pulse-us", "100", "--dt-us", "5")
    assert found["threshold_ma"] == pytest.approx(0.18303, rel=1e-3)


def test_pads_on_an_arm_give_the_reference_chain(tmp_path):
    found = answer("thresholds", "--limb", changed(tmp_path, "pulse"))
    assert found["threshold_ma"] == pytest.approx(14.136, rel=0.01)
    assert 1000.0 * min(found["volts_per_ma"]) == pytest.approx(-37.104, rel=0.01)


def test_a_biphasic_pulse_on_the_arm_needs_more(tmp_path):
    found = answer("thresholds", "--limb", changed(tmp_path, "pulse", shape="biphasic"))
    assert found["threshold_ma"] > 14.136


@pytest.mark.parametrize(
    "words", ["thresholds --point-mm 1 --nodes 5", "velocity", "velocity --diameter-um 9"]
)
def test_an_answer_says_where_its_numbers_are_from(words):
    found = answer(*words.split())
    assert {b["tag"] for b in found["basis"]} == {"nerve_field:S"}
    assert ("fitted" if "9" in words else "tabulated") in found["basis"][1]["what"]
    assert found["made_by"].startswith("rheobase ")
    if "velocity" not in words:
        assert "Rests on: adult" in run(*words.split()).stdout


def test_velocity_is_that_of_neuron():
    assert answer("velocity", "--diameter-um", "10")["velocity_m_s"] == pytest.approx(
        51.35, rel=5e-3
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--point-mm 1 --sigma 0", "sigma_s_m"),
        ("--point-mm 1 --sigma -0.3", "sigma_s_m"),
        ("--point-mm nan", "not a number"),
        ("--point-mm 1 --shape square", "cathodic, anodic, biphasic"),
        ("--point-mm 1 --pulse-us -5", "pulse_us"),
        ("--point-mm 1 --diameter-um 40", "diameter_um"),
        ("--point-mm 1 --nodes 1", "nodes"),
        ("--point-mm 1 --gap-us 50", "has no gap"),
        ("--point-mm 1 --precision 16", "64, 32"),
        ("", "either --point-mm or --limb"),
    ],
)
def test_a_bad_value_is_refused_with_what_to_do(words, says):
    with pytest.raises(BadInput, match=says):
        run("thresholds", *words.split())


@pytest.mark.parametrize(
    ("where", "values", "says"),
    [
        ("layers", {"radial_s_m": 0.0}, "radial_s_m"),
        ("layers", {"axial_s_m": -1.0}, "axial_s_m"),
        ("layers", {"outer_radius_mm": 20.0}, "Sort them"),
        ("fibre", {"radius_mm": 55.0}, "outside the limb"),
        ("fibre", {"nodes": 999}, "outside the limb"),
        ("pads", {"current_share": 0.5}, "add up to zero"),
        ("pads", {"centre_z_mm": 390.0}, "onto the limb"),
        ("pulse", {"shape": "sine"}, "cathodic"),
    ],
)
def test_a_bad_limb_is_refused_with_what_to_do(tmp_path, where, values, says):
    with pytest.raises(BadInput, match=says):
        run("thresholds", "--limb", changed(tmp_path, where, **values))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--shape anodic", "the limb's file says cathodic"),
        ("--diameter-um 10", "the limb's file says 14"),
        ("--nodes 51", "the limb's file says 243"),
        ("--pulse-us 100", "the limb's file says 300"),
        ("--sigma 0.3", "for a point source"),
        ("--offset-mm 0", "for a point source"),
    ],
)
def test_an_option_that_a_limbs_file_would_overrule_is_refused(tmp_path, words, says):
    with pytest.raises(BadInput, match=says):
        run("thresholds", "--limb", changed(tmp_path, "pulse"), *words.split())


def test_an_option_that_says_the_same_as_the_limbs_file_is_taken(tmp_path):
    file = changed(tmp_path, "pulse")
    words = "--fibre mrg2002 --diameter-um 14 --nodes 243 --pulse-us 300 --shape cathodic"
    assert answer("thresholds", "--limb", file, *words.split()) == answer(
        "thresholds", "--limb", file
    )


# NEURON 9.0.2, dt 5 us, any node at 0 mV within 5 ms after the pulse: it fires between these
@pytest.mark.parametrize(
    ("words", "silent_ma", "fires_ma"),
    [
        ("--diameter-um 5.7 --nodes 3 --point-mm 2", 7.69936, 7.69952),
        ("--diameter-um 16 --nodes 4 --point-mm 1 --shape anodic", 0.189870, 0.189874),
    ],
)
def test_a_fibre_of_few_nodes_is_watched_until_it_fires(words, silent_ma, fires_ma):
    assert (
        0.9998 * silent_ma
        < answer("thresholds", *words.split())["threshold_ma"]
        <= 1.0002 * fires_ma
    )


def test_a_pulse_of_ones_own_is_what_its_name_gives(tmp_path):
    file = tmp_path / "pulse.txt"
    file.write_text("\n".join(["-1"] * 20), "utf-8")
    named = answer("thresholds", "--point-mm", "1", "--pulse-us", "100")
    own = answer("thresholds", "--point-mm", "1", "--waveform", str(file))
    assert own["threshold_ma"] == named["threshold_ma"]
    assert own["pulse"]["samples"] == [-1.0] * 20


def test_a_file_that_is_no_pulse_is_refused(tmp_path):
    file = tmp_path / "pulse.txt"
    file.write_text("-1, full, 0", "utf-8")
    with pytest.raises(BadInput, match=r"line 1 of .* holds 'full'.*plain numbers"):
        run("thresholds", "--point-mm", "1", "--waveform", str(file))
    with pytest.raises(BadInput, match="holds its pulse"):
        run("thresholds", "--limb", str(file), "--waveform", str(file))


@pytest.mark.parametrize("scale", ["1e-300", "0", "1.5", "nan"])
def test_a_fibre_far_smaller_than_any_is_refused_at_once(scale):
    with pytest.raises(BadInput, match=r"between 0\.05 and 1"):
        run("velocity", "--diameter-um", "10", "--axon-scale", scale)
