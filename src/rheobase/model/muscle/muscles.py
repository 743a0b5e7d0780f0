"""Many muscles side by side: parameters and states of a batch, over twins or cohorts."""

from dataclasses import dataclass, fields
from typing import final

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.muscle import _kernel
from rheobase.model.muscle.checks import Array, within
from rheobase.model.muscle.ding2003 import Ding2003, Fatigue

_POSITIVE = ("a_n_per_ms", "tau_1_ms", "tau_2_ms", "tau_c_ms", "km", "r0", "tau_fat_ms")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Muscles:
    """A batch of muscles of the Ding family; every array is (n_twins,).

    Attributes:
        a_n_per_ms, tau_1_ms, tau_2_ms, tau_c_ms, km, r0: as in `Ding2003`.
        alpha_a_per_ms2, alpha_tau_1_per_n, alpha_km_per_ms_n, tau_fat_ms: as in `Fatigue`.
        r0_follows_km: True if R0 moves with Km in fatigue.
    """

    a_n_per_ms: Array
    tau_1_ms: Array
    tau_2_ms: Array
    tau_c_ms: Array
    km: Array
    r0: Array
    alpha_a_per_ms2: Array
    alpha_tau_1_per_n: Array
    alpha_km_per_ms_n: Array
    tau_fat_ms: Array
    r0_follows_km: bool

    def __post_init__(self) -> None:
        for name in (f.name for f in fields(self) if f.name != "r0_follows_km"):
            values = getattr(self, name)
            if values.shape != (self.n_twins,):
                raise BadInput(
                    f"{name} has shape {values.shape}, but there are {self.n_twins} muscles. "
                    "Give one number for each."
                )
            within(name, values, 1e-12 if name in _POSITIVE else -np.inf, np.inf, "of its unit")
            if not np.isfinite(values).all():
                raise BadInput(f"{name} is infinite somewhere. Give finite numbers.")

    @property
    def n_twins(self) -> int:
        """Length of the batch."""
        return int(np.shape(self.a_n_per_ms)[0])

    def table(self) -> Array:
        """Return the parameters as the kernel reads them, (N_PARAMETERS, n_twins)."""
        follows = 1.0 if self.r0_follows_km else 0.0
        rows = (
            self.a_n_per_ms,
            self.tau_1_ms,
            self.tau_2_ms,
            self.tau_c_ms,
            self.km,
            self.r0 - follows * self.km,
            np.full(self.n_twins, follows),
            self.alpha_a_per_ms2,
            self.alpha_tau_1_per_n,
            self.alpha_km_per_ms_n,
            self.tau_fat_ms,
        )
        return np.ascontiguousarray(np.stack(rows), dtype=np.float64)


def batch(muscle: Ding2003, fatigue: Fatigue, force_factor: Array) -> Muscles:
    """Return one muscle in many strengths: larger or smaller, with the same time courses.

    Fatigue is driven by force per fibre, so tau_1 and Km respond to force over `force_factor`: a
    muscle twice as strong shows exactly twice the force, fresh and fatigued.

    Args:
        muscle: the fresh muscle at factor 1.
        fatigue: its fatigue at factor 1.
        force_factor: (n_twins,) strength relative to `muscle`. [1]

    Returns:
        A batch; vary other parameters with `dataclasses.replace`.

    Raises:
        BadInput: if a factor is not positive.
    """
    factor = within("force_factor", force_factor, 1e-9, 1e9, "(a positive factor)")
    every = np.ones_like(factor)
    return Muscles(
        a_n_per_ms=muscle.a_n_per_ms * factor,
        tau_1_ms=muscle.tau_1_ms * every,
        tau_2_ms=muscle.tau_2_ms * every,
        tau_c_ms=muscle.tau_c_ms * every,
        km=muscle.km * every,
        r0=muscle.r0 * every,
        alpha_a_per_ms2=fatigue.alpha_a_per_ms2 * every,
        alpha_tau_1_per_n=fatigue.alpha_tau_1_per_n / factor,
        alpha_km_per_ms_n=fatigue.alpha_km_per_ms_n / factor,
        tau_fat_ms=fatigue.tau_fat_ms * every,
        r0_follows_km=muscle.r0_follows_km,
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a batch stands between two simulations; every array is (n_twins,).

    Attributes:
        cn: Ca-troponin complex. [1]
        source: what still drives it. [1]
        trace: exp(-time since the last pulse / tau_c), 0 if there was none. [1]
        recruited: by the last pulse. [1]
        force_n: along the tendon. [N]
        impulse_n_ms: Q, the impulse that fatigues. [N ms]
        free_a_n_per_ms, free_tau_1_ms, free_km: fatigue beyond what Q explains; decays freely.
    """

    cn: Array
    source: Array
    trace: Array
    recruited: Array
    force_n: Array
    impulse_n_ms: Array
    free_a_n_per_ms: Array
    free_tau_1_ms: Array
    free_km: Array

    def __post_init__(self) -> None:
        if len({getattr(self, f.name).shape for f in fields(self)}) != 1:
            raise BadInput("The arrays of a state differ in length. Give one number per muscle.")

    def table(self) -> Array:
        """Return a fresh copy as the kernel moves it, (N_STATES, n_twins)."""
        return np.ascontiguousarray(np.stack([getattr(self, f.name) for f in fields(self)]))

    def a_n_per_ms(self, muscles: Muscles) -> Array:
        """Return the force gain A now, (n_twins,). [N/ms]"""
        return self._now(muscles.a_n_per_ms, muscles.alpha_a_per_ms2, self.free_a_n_per_ms)

    def tau_1_ms(self, muscles: Muscles) -> Array:
        """Return tau_1 now, (n_twins,). [ms]"""
        return self._now(muscles.tau_1_ms, muscles.alpha_tau_1_per_n, self.free_tau_1_ms)

    def km(self, muscles: Muscles) -> Array:
        """Return Km now, (n_twins,). [1]"""
        return self._now(muscles.km, muscles.alpha_km_per_ms_n, self.free_km)

    def _now(self, rest: Array, alpha: Array, free: Array) -> Array:
        return np.asarray(rest + alpha * self.impulse_n_ms + free)


def at_rest(n_twins: int) -> State:
    """Return the state of fresh muscles that saw no pulse."""
    return state_of(np.zeros((_kernel.N_STATES, n_twins)))


def state_of(table: Array) -> State:
    """Return a state from the kernel's table, (N_STATES, n_twins)."""
    names = (f.name for f in fields(State))
    return State(**{name: row.copy() for name, row in zip(names, table, strict=True)})
