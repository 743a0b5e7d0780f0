"""Seconds per second of one muscle: our kernel in batch against scipy and CasADi, same pulses.

    rheobase bench muscle

All solve Ding 2003 with fatigue, 50 Hz for 1 s, force wanted at the end to 1e-3 N of 290 N, as do
CasADi (Runge-Kutta, the fewest steps that meet it, mapped over 64 muscles) and LSODA at the loosest
power of ten of rtol that meets it; the usual rtol of 1e-6 stands beside it. LSODA is started anew at
every pulse, as it must be, and its right-hand side is plain Python floats, the fastest form of it
we found. All in one thread, after compiling. Errors are against DOP853 at rtol 1e-11. CPU time of
this process, best of three. Then how the cost grows, and two jobs of the product.
"""

import math
import time

import numpy as np
from _by_casadi import casadi_forces
from scipy.integrate import solve_ivp

from rheobase.evidence import muscle_sets
from rheobase.model.movement.one_joint import swing
from rheobase.model.movement.parameters import OneJoint, Pose
from rheobase.model.muscle.force import fatigue_left, simulate
from rheobase.model.muscle.muscles import batch

PULSES_MS = np.arange(50) * 20.0
WANTED_N = 1e-3


def by_scipy(method: str, rtol: float) -> float:
    """Return force at 1 s, piece by piece between pulses."""
    m, f = muscle_sets.kinetics("ding2003"), muscle_sets.fatigue()

    def slope(t, y, source, start):
        cn, force, a, tau_1, km = y
        x = cn / (km + cn)
        return (
            (source * math.exp((start - t) / m.tau_c_ms) - cn) / m.tau_c_ms,
            a * x - force / (tau_1 + m.tau_2_ms * x),
            (m.a_n_per_ms - a) / f.tau_fat_ms + f.alpha_a_per_ms2 * force,
            (m.tau_1_ms - tau_1) / f.tau_fat_ms + f.alpha_tau_1_per_n * force,
            (m.km - km) / f.tau_fat_ms + f.alpha_km_per_ms_n * force,
        )

    y, source = np.array([0.0, 0.0, m.a_n_per_ms, m.tau_1_ms, m.km]), 0.0
    gap = math.exp(-20.0 / m.tau_c_ms)
    for k, start in enumerate(PULSES_MS):
        gain = m.r0 - m.km + y[4]
        source = source * gap + (1.0 + (gain - 1.0) * gap if k else 1.0)
        done = solve_ivp(
            slope, (start, start + 20.0), y, method, args=(source, start), rtol=rtol, atol=1e-9
        )
        y = done.y[:, -1]
    return float(y[1])


def best_s(job, times=3) -> float:
    spent = []
    for _ in range(times):
        began = time.process_time()
        job()
        spent.append(time.process_time() - began)
    return min(spent)


def our_force(n: int, seconds: float = 1.0):
    muscles = batch(muscle_sets.kinetics("ding2003"), muscle_sets.fatigue(), np.ones(n))
    whole, end_ms = np.ones(n), 1000.0 * np.array([seconds])
    pulses_ms = np.arange(0.0, end_ms[0], 20.0)
    return lambda: simulate(muscles, pulses_ms, whole, end_ms)[0][0, 0]


def scipy_row(truth: float) -> tuple[float, float]:
    """Return rtol and CPU seconds of LSODA, as loose as the common tolerance allows."""
    rtol = next(r for r in (1e-3, 1e-4, 1e-5) if abs(by_scipy("LSODA", r) - truth) < WANTED_N)
    return rtol, best_s(lambda: by_scipy("LSODA", rtol))


def casadi_row(truth: float) -> tuple[int, float, float]:
    """Return steps per gap, CPU seconds per muscle and error of CasADi, likewise."""
    for steps in range(4, 30):
        job = casadi_forces(64, PULSES_MS.size, 20.0, steps)
        error = abs(float(job()[0]) - truth)
        if error < WANTED_N:
            return steps, best_s(job) / 64.0, error
    raise RuntimeError("no step met the tolerance")


def growth() -> dict[str, float]:
    """Return CPU seconds of one muscle-second for larger jobs."""
    sizes = [(n, 1.0) for n in (1, 32, 256, 4096)] + [(32, s) for s in (10.0, 100.0, 1000.0)]
    return {
        f"ours, {n} muscles x {s:g} s, s per muscle-second": best_s(our_force(n, s)) / (n * s)
        for n, s in sizes
    }


def session():
    """256 twins, three muscles, 20 minutes of 5 s on and 10 s off at 35 Hz."""
    factor = np.linspace(0.2, 1.5, 768)
    muscles = batch(muscle_sets.kinetics("ding2003"), muscle_sets.fatigue(), factor)
    pulses_ms = np.arange(0.0, 5000.0, 1000.0 / 35.0)
    return lambda: fatigue_left(muscles, pulses_ms, np.full(768, 0.4), 15_000.0, 20.0)


def movement():
    """256 legs, 3 s at 1 ms."""
    numbers = dict.fromkeys(OneJoint.__slots__, 0.5) | {
        "min_deg": 0.0, "max_deg": 140.0, "best_deg": 85.0, "width_deg": 55.0, "tone_nm": -0.5,
        "speed_limit_deg_s": 1000.0, "end_width_deg": 5.0, "gravity_nm": 4.0, "rest_deg": 40.0,
        "inertia_kgm2": 0.1, "reflex_delay_ms": 30.0, "reflex_rise_ms": 20.0, "srs_range_deg": 6.0,
    }  # fmt: skip
    joints = OneJoint(**{key: np.full(256, value) for key, value in numbers.items()})
    pose = Pose(hanging_deg=90.0, gravity_share=1.0, folded=False, how="seated")
    torque = np.full((256, 3001), -3.0)
    return lambda: swing(joints, torque, 1.0, None, pose)


def main() -> dict[str, float]:
    truth = by_scipy("DOP853", 1e-11)
    jobs = {"one": our_force(1), "batch": our_force(1024), "session": session(), "legs": movement()}
    for job in jobs.values():
        job()  # compile
    ours_s = best_s(jobs["batch"]) / 1024.0
    lsoda_s = best_s(lambda: by_scipy("LSODA", 1e-6))
    rtol, loose_s = scipy_row(truth)
    steps, casadi_s, casadi_error = casadi_row(truth)
    return {
        "ours in batch, s per muscle-second": ours_s,
        "ours, error N": abs(float(jobs["one"]()) - truth),
        "scipy LSODA at rtol 1e-6, s per muscle-second": lsoda_s,
        "scipy LSODA at rtol 1e-6, error N": abs(by_scipy("LSODA", 1e-6) - truth),
        "scipy LSODA over ours": lsoda_s / ours_s,
        f"scipy LSODA at rtol {rtol:g}, s per muscle-second": loose_s,
        "scipy LSODA over ours, both within 1e-3 N": loose_s / ours_s,
        f"CasADi, {steps} steps per gap, s per muscle-second": casadi_s,
        "CasADi, error N": casadi_error,
        "CasADi over ours, both within 1e-3 N": casadi_s / ours_s,
        "ours alone, s for one muscle-second": best_s(jobs["one"]),
        **growth(),
        "256 twins x 3 muscles x 20 min, s": best_s(jobs["session"]),
        "256 twins x 3 s of movement at 1 ms, s": best_s(jobs["legs"]),
    }


if __name__ == "__main__":
    for name, value in main().items():
        print(f"{name}: {value:.4g}")
