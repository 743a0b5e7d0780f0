"""The body map: pads where they are, left on the reader's right, and words for those who do not see."""

import re

import pytest

from rheobase.clinic.plan.bodymap import Placed, body_map, close_view, where
from rheobase.clinic.plan.figure import figure
from rheobase.evidence.muscles import muscle
from rheobase.stimulus.pads import Montage, Pad, Place, Segment, Side


def pad(place, size=32.0):
    return Pad(place=place, width_mm=size, height_mm=size, round=True)


def unit(key="tibialis_anterior", side=Side.LEFT, slot="A"):
    one = muscle(key)
    return Placed(
        slot=slot,
        name=one.name,
        side=side,
        montage=Montage(active=pad(one.place(side)), other=pad(one.second_place(side))),
        zone=one.zone,
        widened=1.0,
        length_mm=250.0,
        girth_mm=220.0,
    )


@pytest.mark.parametrize("age_months", [4, 9, 36, 78, 132, 216])
def test_front_and_back_are_mirror_images_of_one_place(age_months):
    fig = figure(age_months)
    place = Place(segment=Segment.SHANK, side=Side.LEFT, u=0.3, phi_deg=90.0)
    front, back = fig.at(place, back=False), fig.at(place, back=True)
    assert front[0] == pytest.approx(-back[0])
    assert front[0] > 0  # the child's left is on the reader's right


def test_a_pad_at_the_back_is_not_drawn_in_front():
    fig = figure(78)
    calf = Place(segment=Segment.SHANK, side=Side.RIGHT, u=0.4, phi_deg=180.0)
    assert fig.at(calf, back=False) is None
    assert fig.at(calf, back=True) is not None


def test_further_along_a_limb_is_further_down_the_picture():
    fig = figure(78)
    ys = [
        fig.at(Place(segment=s, side=Side.LEFT, u=u, phi_deg=0.0), back=False)[1]
        for s in (Segment.CHEST, Segment.ABDOMEN, Segment.PELVIS, Segment.THIGH, Segment.SHANK)
        for u in (0.2, 0.8)
    ]
    assert ys == sorted(ys)


def test_an_infants_head_is_a_quarter_of_it_and_an_adults_an_eighth():
    assert figure(4).head == pytest.approx(250, rel=0.05)
    assert figure(216).head == pytest.approx(130, rel=0.1)


def test_the_picture_says_in_words_where_every_pad_goes():
    svg = body_map(78, [unit(), unit("quadriceps", Side.RIGHT, "B")])
    words = re.search(r"<desc[^>]*>(.*?)</desc>", svg).group(1)
    assert "Unit A, left tibialis anterior" in words
    assert "20 % of the way from knee to ankle" in words
    assert "Unit B, right quadriceps" in words


def test_no_picture_carries_a_style_that_the_page_would_refuse():
    for svg in (body_map(9, [unit()]), close_view(unit())):
        assert "style=" not in svg
        assert "<style" not in svg
        assert 'role="img"' in svg


def test_the_search_window_has_two_rings_and_is_wider_for_the_youngest():
    def tallest(one):
        return max(float(v) for v in re.findall(r'ry="([\d.]+)" class="ring', close_view(one)))

    normal = unit()
    wide = Placed(**{f: getattr(normal, f) for f in Placed.__slots__} | {"widened": 1.5})
    assert close_view(normal).count("ring-1") == close_view(normal).count("ring-2") == 1
    assert tallest(wide) == pytest.approx(1.5 * tallest(normal), rel=0.01)


def test_a_place_is_said_in_words():
    place = Place(segment=Segment.SHANK, side=Side.LEFT, u=0.2, phi_deg=35.0)
    assert where(pad(place)) == (
        "32 mm round, on the front, towards the outer side, of the shank, "
        "20 % of the way from knee to ankle"
    )
