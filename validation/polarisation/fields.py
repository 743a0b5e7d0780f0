"""Fields for calibrating and checking the predictor: pads and points over an anisotropic half space.

A rectangular pad of uniform flux has a closed form; axial anisotropy is a change of scale along the
fibre. Paths are long, and their gradient fades out before the ends, so that no cut end fires.
"""

from dataclasses import dataclass

import numpy as np

LENGTH_MM, FADE_MM, FINE_MM = 220.0, 65.0, 0.1
SIGMA_ACROSS = 0.11  # S/m; scales all thresholds alike, so its value does not matter here


@dataclass(frozen=True)
class Field:
    """What made one path: kind, depth below the pads, sideways distance, anisotropy."""

    kind: str
    depth_mm: float
    aside_mm: float
    anisotropy: float


def rectangle(x, y, z, half_x, half_z):
    """Return the integral of 1/r over a rectangle seen from depth y > 0."""
    total = 0.0
    for side in (1.0, -1.0):
        for end in (1.0, -1.0):
            u, w = x + side * half_x, z + end * half_z
            r = np.sqrt(u * u + y * y + w * w)
            total = total + side * end * (
                u * np.log(w + r) + w * np.log(u + r) - y * np.arctan2(u * w, y * r)
            )
    return total


def pad(s, place, half_mm, field):
    """Return mV/mA on a line under a square pad that carries +1 mA."""
    q = np.sqrt(field.anisotropy)
    share = rectangle(field.aside_mm, field.depth_mm, (s - place) / q, half_mm, half_mm / q)
    return 1000.0 / (2.0 * np.pi * SIGMA_ACROSS * q) * share / (4.0 * half_mm * half_mm / q)


def point(s, place, field):
    """Return mV/mA on a line below a point source of +1 mA."""
    q = np.sqrt(field.anisotropy)
    r = np.sqrt(field.depth_mm**2 + field.aside_mm**2 + ((s - place) / q) ** 2)
    return 1000.0 / (2.0 * np.pi * SIGMA_ACROSS * q) / r


def faded(s, v):
    """Return the potential with its gradient led smoothly to zero towards both ends."""
    share = np.clip((0.5 * LENGTH_MM - np.abs(s)) / FADE_MM, 0.0, 1.0)
    slope = np.gradient(v, s) * share * share * (3.0 - 2.0 * share)
    return np.concatenate([[0.0], np.cumsum(0.5 * (slope[1:] + slope[:-1]) * np.diff(s))])


def draw(rng, n):
    """Return (n_samples,) places from the middle [mm], (n, n_samples) mV/mA, and what they are."""
    s = np.arange(-0.5 * LENGTH_MM, 0.5 * LENGTH_MM + 0.5 * FINE_MM, FINE_MM)
    paths, made = [], []
    for _ in range(n):
        depth = np.exp(rng.uniform(np.log(4.0), np.log(30.0)))
        kind = rng.choice(["point", "one pad", "two pads", "two pads"])
        field = Field(kind, depth, rng.uniform(0.0, 0.7) * depth, rng.uniform(1.0, 5.0))
        if kind == "point":
            v = -point(s, rng.uniform(-8.0, 8.0), field)
        elif kind == "one pad":
            v = pad(s, rng.uniform(-8.0, 8.0), rng.uniform(5.0, 25.0), field)
            v = v * rng.choice([1.0, -1.0], p=[0.25, 0.75])
        else:
            a, b = rng.uniform(7.0, 25.0, 2)
            apart, shift = a + b + rng.uniform(2.0, 25.0), rng.uniform(-8.0, 8.0)
            v = pad(s, shift + 0.5 * apart, b, field) - pad(s, shift - 0.5 * apart, a, field)
        paths.append(faded(s, v))
        made.append(field)
    return s, np.array(paths), made
