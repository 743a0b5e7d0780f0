"""Isometric muscle force from a train of pulses (Ding, Wexler & Binder-Macleod 2003).

Source
    J. Ding, A. S. Wexler, S. A. Binder-Macleod, "Mathematical models for fatigue
    minimization during functional electrical stimulation," J. Electromyogr. Kinesiol.,
    vol. 13, no. 6, pp. 575-588, 2003. Equations as restated by later papers and published
    code; the paper's own tables were not read (evidence/muscle.toml says what is in doubt).

Equations
    (1)  dCN/dt = (1/tau_c) sum_i R_i exp(-(t - t_i)/tau_c) - CN/tau_c
         R_1 = 1,   R_i = 1 + (R0 - 1) exp(-(t_i - t_{i-1})/tau_c)
    (2)  dF/dt  = A x - F/(tau_1 + tau_2 x),   x = CN/(Km + CN)
    (3)  dA/dt     = -(A - A_rest)/tau_fat       + alpha_A F        (alpha_A < 0)
         dtau_1/dt = -(tau_1 - tau_1,rest)/tau_fat + alpha_tau1 F
         dKm/dt    = -(Km - Km,rest)/tau_fat     + alpha_Km F,     R0 = Km + 1.04

Ours, not the paper's
    The three fatigue states share tau_fat and F, so one number carries them: the impulse Q,
    dQ/dt = -Q/tau_fat + F, with A = A_rest + alpha_A Q and so on; what a start state holds beyond
    that decays freely. Recruitment multiplies the production A x only, per pulse (a pulse that
    recruits nothing is no pulse), and fatigue follows the force per recruited fibre. Numerics:
    `_kernel.py` and docs/models/ding2003.md.

Valid for
    Isometric contraction of innervated muscle, one session: the model recovers fully within
    minutes and has no low-frequency fatigue. Fitted on adult quadriceps: a child's muscle is
    scaled in force and kept in time constants, and said so.
"""

from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.model.muscle.checks import Array, increasing, positive


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ding2003:
    """One fresh muscle. No defaults: a number without a source has no place here.

    Attributes:
        a_n_per_ms: A, force gain. [N/ms]
        tau_1_ms: decline of force, no cross-bridge bound. [ms]
        tau_2_ms: extra decline time, cross-bridges bound. [ms]
        tau_c_ms: rise and fall of the Ca-troponin complex. [ms]
        km: CN at half-maximal gain. [1]
        r0: gain of CN after the first pulse, fresh. [1]
        r0_follows_km: True if R0 moves with Km in fatigue (the paper), False if it stays.
    """

    a_n_per_ms: float
    tau_1_ms: float
    tau_2_ms: float
    tau_c_ms: float
    km: float
    r0: float
    r0_follows_km: bool

    def __post_init__(self) -> None:
        for name in ("a_n_per_ms", "tau_1_ms", "tau_2_ms", "tau_c_ms", "km", "r0"):
            positive(name, getattr(self, name))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fatigue:
    """How force changes a muscle: equations (3).

    Attributes:
        alpha_a_per_ms2: loss of gain per force, negative. [1/ms^2]
        alpha_tau_1_per_n: slowing per impulse. [1/N]
        alpha_km_per_ms_n: loss of calcium sensitivity. [1/(ms N)]
        tau_fat_ms: recovery. [ms]
    """

    alpha_a_per_ms2: float
    alpha_tau_1_per_n: float
    alpha_km_per_ms_n: float
    tau_fat_ms: float

    def __post_init__(self) -> None:
        positive("-alpha_a_per_ms2", -self.alpha_a_per_ms2)
        positive("alpha_tau_1_per_n", self.alpha_tau_1_per_n)
        positive("alpha_km_per_ms_n", self.alpha_km_per_ms_n)
        positive("tau_fat_ms", self.tau_fat_ms)


def calcium(muscle: Ding2003, pulse_times_ms: Array, t_ms: Array) -> Array:
    """Return CN, the normalised Ca-troponin complex: the exact solution of (1), R0 fresh.

    Args:
        muscle: parameters of one muscle.
        pulse_times_ms: (n_pulses,) rising times of the pulses. [ms]
        t_ms: (n_times,) where to evaluate. [ms]

    Returns:
        (n_times,) CN, zero before the first pulse. [1]

    Raises:
        BadInput: if the pulses are not sorted.

    Source:
        equation (1); linear, so solved in closed form.
    """
    pulses_ms = increasing("pulse_times_ms", pulse_times_ms)
    gaps_ms = np.diff(pulses_ms, prepend=-np.inf)  # exp(-inf) = 0 makes R_1 = 1
    r = 1.0 + (muscle.r0 - 1.0) * np.exp(-gaps_ms / muscle.tau_c_ms)
    since = np.clip(np.asarray(t_ms)[:, None] - pulses_ms[None, :], 0.0, None) / muscle.tau_c_ms
    return np.asarray((since * np.exp(-since)) @ r, dtype=np.float64)
