"""The field against an independent finite-element table, and against its own laws."""

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.model.body.layers import Cylinder, Slab
from rheobase.model.field.bodies import limb, trunk
from rheobase.model.field.lines import line_potentials
from rheobase.model.field.modes import Layer, Modes, set_up
from rheobase.model.field.pads import Patch, spectrum
from rheobase.model.field.tissue import Tissue

TISSUE = Tissue(
    skin_s_per_m=4.88e-4, fat_s_per_m=1 / 30, muscle_across_s_per_m=0.086, muscle_along_s_per_m=0.35, bone_s_per_m=0.02, marrow_s_per_m=0.08,
    deep_s_per_m=0.2,
)  # fmt: skip
# Reference arm of nerve_field.md 2.4 (recalled conductivities, used here for comparison only)
ARM = Cylinder(length_mm=400, marrow_mm=6.5, bone_mm=12.5, muscle_mm=46, fat_mm=48.5, skin_mm=50)
ARM_TISSUE = Tissue(
    skin_s_per_m=1 / 700, fat_s_per_m=1 / 33, muscle_across_s_per_m=1 / 9, muscle_along_s_per_m=1 / 3, bone_s_per_m=1 / 50, marrow_s_per_m=0.08,
    deep_s_per_m=0.2,
)  # fmt: skip


def pad(z_mm: float, phi_deg: float = 0.0, size: float = 50.0, disc: bool = False) -> Patch:
    return Patch(z_mm=z_mm, phi_deg=phi_deg, width_mm=size, height_mm=size, round=disc)


def along(body: Modes, rho: float, z_mm: np.ndarray, *pads: Patch, phi: float = 0.0) -> np.ndarray:
    return line_potentials(
        body, pads, (-1.0, 1.0), rho_mm=np.array([rho]), phi_deg=np.array([phi]), z_mm=z_mm
    )[0]


def test_the_potential_under_a_pad_agrees_with_independent_finite_elements() -> None:
    # nerve_field.md 2.3: -47.156 spectral, -47.072 NGSolve P3 (own series and FEM of another author)
    body = limb(ARM, ARM_TISSUE, 5.0)
    lowest = along(body, 40.0, np.arange(0, 400, 0.5), pad(170), pad(230)).min()
    assert lowest == pytest.approx(-47.156, rel=5e-4)
    assert lowest == pytest.approx(-47.072, rel=3e-3)


@pytest.mark.parametrize(
    ("rho", "lowest", "bend"),
    [(45, -64.381, 0.1946), (40, -48.569, 0.0832), (35, -37.104, 0.0555), (30, -29.142, 0.0385)],
)
def test_potential_and_second_difference_follow_the_reference_table(
    rho: float, lowest: float, bend: float
) -> None:
    body = limb(ARM, ARM_TISSUE, 5.0)
    nodes = 200.0 + 1.15 * np.arange(-148, 149)
    v = along(body, rho, nodes, pad(200), pad(270))
    assert v.min() == pytest.approx(lowest, rel=2e-4)
    assert np.diff(v, 2).max() == pytest.approx(bend, rel=5e-3)


def test_a_plain_block_obeys_ohms_law() -> None:
    # two pads right around the ends of a homogeneous rod: far from them the slope is I / (sigma A)
    rod = (
        Layer(
            inner_mm=0,
            outer_mm=20,
            across_s_per_m=0.3,
            around_s_per_m=0.3,
            along_s_per_m=0.3,
            n_elements=12,
        ),
    )
    body = set_up(rod, length_mm=400, radius_mm=20, flat=False, depth_mm=2.0, keep=0)
    rings = tuple(
        Patch(z_mm=z, phi_deg=0, width_mm=2 * np.pi * 20, height_mm=20, round=False)
        for z in (40, 360)
    )
    v = along(body, 10.0, np.array([180.0, 220.0]), *rings)
    expected = 40.0 / (0.3e-3 * np.pi * 20**2)  # mV for 1 mA over 40 mm
    assert v[1] - v[0] == pytest.approx(expected, rel=1e-5)


def test_all_current_that_enters_leaves_through_the_cross_section() -> None:
    body = limb(ARM, TISSUE, 4.0)
    # between the pads, potential falls along every line of the limb; muscle carries almost all
    rho = np.linspace(12.5, 46.0, 60)
    phi = np.arange(-180, 180, 5.0)
    r, f = (a.ravel() for a in np.meshgrid(rho, phi, indexing="ij"))
    v = line_potentials(
        body, (pad(110), pad(290)), (-1.0, 1.0), rho_mm=r, phi_deg=f, z_mm=np.array([199.0, 201.0])
    )
    density = (v[:, 1] - v[:, 0]).reshape(60, -1).mean(axis=1) / 2.0 * 0.35e-3  # mA/mm2
    carried = np.trapezoid(density * 2 * np.pi * rho, rho)
    assert 0.95 < carried < 1.0


def test_reciprocity_pads_and_points_may_be_exchanged() -> None:
    # current through pair A seen by pair B equals current through B seen by A (small pads, skin)
    body = limb(ARM, TISSUE, 4.0)
    top = body.transfer[-1].swapaxes(1, 2).reshape(-1, len(body.n_around))

    def seen(source: tuple[Patch, Patch], sensor: tuple[Patch, Patch]) -> float:
        total = 0.0
        for s, sign in zip(source, (-1, 1), strict=True):
            for t, other in zip(sensor, (-1, 1), strict=True):
                angle = np.cos(body.n_around * np.deg2rad(s.phi_deg - t.phi_deg))
                share = np.outer(
                    np.where(body.k_per_mm == 0, 1, 2), np.where(body.n_around == 0, 1, 2)
                )
                total += (
                    sign
                    * other
                    * np.sum(spectrum(body, s) * top * spectrum(body, t) / share * angle)
                )
        return total

    one = (pad(150, 0, 30), pad(220, 40, 40, disc=True))
    two = (pad(180, 90, 50), pad(260, -30, 25))
    assert seen(one, two) == pytest.approx(seen(two, one), rel=1e-12)


def test_more_modes_and_finer_elements_change_nothing_that_matters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    z = np.arange(100.0, 300.0)
    rho = 43.0
    usual = along(limb(ARM, TISSUE, 5.0), rho, z, pad(170), pad(230))
    monkeypatch.setattr("rheobase.model.field.modes.CUT", 12.0)
    monkeypatch.setattr("rheobase.model.field.bodies.MUSCLE", 60)
    limb.cache_clear()
    fine = along(limb(ARM, TISSUE, 5.0), rho, z, pad(170), pad(230))
    limb.cache_clear()
    assert np.abs(usual - fine).max() < 2e-4 * np.abs(fine).max()


def test_quadratic_elements_converge_at_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    z, errors, values = np.array([150.0, 170.0, 200.0]), [], []
    for count in (4, 8, 16, 96):
        monkeypatch.setattr("rheobase.model.field.bodies.MUSCLE", count)
        limb.cache_clear()
        values.append(along(limb(ARM, TISSUE, 6.0), 37.625, z, pad(170), pad(230)))
    limb.cache_clear()
    errors = [np.abs(v - values[-1]).max() for v in values[:-1]]
    assert errors[0] / errors[1] > 6.0
    assert errors[1] / errors[2] > 6.0


def test_a_very_wide_slab_and_a_very_thick_limb_agree() -> None:
    radius = 400.0
    thick = Cylinder(
        length_mm=300, marrow_mm=100, bone_mm=370, muscle_mm=390, fat_mm=398, skin_mm=radius
    )
    flat = Slab(
        length_mm=300, girth_mm=2 * np.pi * radius, skin_mm=2, fat_mm=8, muscle_mm=20, deep_mm=100
    )
    same = Tissue(
        skin_s_per_m=0.01,
        fat_s_per_m=0.05,
        muscle_across_s_per_m=0.1,
        muscle_along_s_per_m=0.3,
        bone_s_per_m=0.2,
        marrow_s_per_m=0.2,
        deep_s_per_m=0.2,
    )
    z = np.arange(100.0, 200.0)
    round_one = along(limb(thick, same, 20.0), 385.0, z, pad(120), pad(180))
    flat_one = along(trunk(flat, same, 20.0), 115.0, z, pad(120), pad(180))
    np.testing.assert_allclose(flat_one, round_one, atol=0.05 * np.abs(round_one).max())


def test_a_pad_on_the_other_side_of_the_limb_reaches_less() -> None:
    body = limb(ARM, TISSUE, 5.0)
    z = np.arange(100.0, 300.0)
    near = along(body, 42.0, z, pad(170), pad(230))
    far = along(body, 42.0, z, pad(170), pad(230), phi=180.0)
    assert np.ptp(far) < 0.3 * np.ptp(near)


def test_a_line_outside_the_muscle_is_refused() -> None:
    with pytest.raises(BadInput, match="Move it into the muscle"):
        along(limb(ARM, TISSUE, 5.0), 49.0, np.array([1.0]), pad(170), pad(230))


def test_currents_that_do_not_balance_are_refused() -> None:
    with pytest.raises(BadInput, match="add up to zero"):
        line_potentials(
            limb(ARM, TISSUE, 5.0), (pad(170), pad(230)), (-1.0, 0.5),
            rho_mm=np.array([40.0]), phi_deg=np.array([0.0]), z_mm=np.array([1.0]),
        )  # fmt: skip


def test_lines_give_together_what_each_gives_alone() -> None:
    body, z = limb(ARM, TISSUE, 5.0), np.arange(100.0, 300.0, 2.0)
    rho, phi = np.array([42.0, 30.0, 22.0, 42.0, 30.0]), np.array([0.0, 0.0, 0.0, 35.0, -120.0])
    together = line_potentials(
        body, (pad(170), pad(230)), (-1.0, 1.0), rho_mm=rho, phi_deg=phi, z_mm=z
    )
    for k in range(len(rho)):
        alone = along(body, rho[k], z, pad(170), pad(230), phi=phi[k])
        np.testing.assert_allclose(together[k], alone, rtol=1e-9, atol=1e-12)


def test_a_deep_line_does_without_the_modes_that_only_a_shallow_one_feels() -> None:
    z = np.arange(100.0, 300.0, 2.0)
    deep = along(limb(ARM, TISSUE, 12.0), 30.0, z, pad(170), pad(230))
    all_modes = along(limb(ARM, TISSUE, 4.0), 30.0, z, pad(170), pad(230))
    np.testing.assert_allclose(deep, all_modes, atol=2e-4 * np.abs(deep).max())
