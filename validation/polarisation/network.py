"""The fit of the predictor's networks: Adam on log errors, with nothing but NumPy.

A fibre fires where and when the least current is asked for. So each sample moves the network of the
phase whose peak wins at that turn; errors beyond `CLIPPED` pull no harder than that.
"""

import itertools

import numpy as np

from rheobase.model.nerve.polarisation_lanes import HIDDEN

TURNS, BATCH, RATE, CLIPPED = 900, 1024, 4e-3, 0.1
DECAY, MOMENTUM, SQUARES = 1e-6, 0.9, 0.999
WARM_TURNS = 200


class Network:
    """Two hidden layers of x / sqrt(1 + x^2), and Adam's memory of each weight."""

    def __init__(self, rng, n_in):
        sizes = (n_in, HIDDEN, HIDDEN, 1)
        shapes = list(itertools.pairwise(sizes))
        self.weights = [rng.standard_normal(s) * s[0] ** -0.5 for s in shapes]
        self.biases = [np.zeros(s[1]) for s in shapes]
        self.biases[-1][:] = 2.0
        self.memory = [(np.zeros_like(x), np.zeros_like(x)) for x in self.all]
        self.turn = 0

    @property
    def all(self):
        """Every array that is fitted."""
        return [*self.weights, *self.biases]

    def layers(self, x):
        """Return the input and the values of every layer."""
        found = [x]
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = found[-1] @ w + b
            found.append(z if k == 2 else z / np.sqrt(1.0 + z * z))
        return found

    def move(self, layers, slope, rate):
        """Take one step against the slope of the loss at the output, (n,)."""
        of_weights, of_biases, back = [], [], slope[:, None]
        for k in (2, 1, 0):
            of_weights.insert(0, layers[k].T @ back + DECAY * self.weights[k])
            of_biases.insert(0, back.sum(axis=0))
            if k:
                back = (back @ self.weights[k].T) * (1.0 - layers[k] ** 2) ** 1.5
        self.turn += 1
        for x, g, memory in zip(self.all, of_weights + of_biases, self.memory, strict=True):
            mean, square = memory
            mean += (1.0 - MOMENTUM) * (g - mean)
            square += (1.0 - SQUARES) * (g * g - square)
            to = mean / (1.0 - MOMENTUM**self.turn)
            x[...] -= rate * to / (np.sqrt(square / (1.0 - SQUARES**self.turn)) + 1e-9)


def answers(networks, x):
    """Return layers per phase, and (n, n_phases, n_peaks) ln of polarisation that each peak needs.

    Args:
        networks: one per phase.
        x: (n, n_phases, n_peaks, n_in) inputs.
    """
    shape = (len(x), x.shape[2])
    layers = [net.layers(x[:, p].reshape(-1, x.shape[-1])) for p, net in enumerate(networks)]
    return layers, np.stack([each[-1].reshape(shape) for each in layers], axis=1)


def fit(x, log_peak, log_ma, worth, *, seed, report):
    """Return the networks, one per phase.

    Args:
        x: (n, n_phases, n_peaks, n_in) inputs.
        log_peak: (n, n_phases, n_peaks) ln of polarisation; -inf where there is no peak.
        log_ma: (n,) ln of exact thresholds.
        worth: (n,) weight of each sample.
        seed: of start and order.
        report: called with the turn and the r.m.s. error in log.
    """
    rng = np.random.default_rng(seed)
    n, n_phases, _, n_in = x.shape
    networks = [Network(rng, n_in) for _ in range(n_phases)]
    steps, done = TURNS * -(-n // BATCH), 0
    for turn in range(TURNS):
        total = 0.0
        for rows in np.array_split(rng.permutation(n), -(-n // BATCH)):
            layers, needed = answers(networks, x[rows])
            flat = (needed - log_peak[rows]).reshape(len(rows), -1)
            winner = flat.argmin(axis=1)
            off = flat[np.arange(len(rows)), winner] - log_ma[rows]
            total += float(np.sum(worth[rows] * np.minimum(off * off, 0.25)))
            pull = np.zeros_like(flat)
            pull[np.arange(len(rows)), winner] = (
                np.clip(off, -CLIPPED, CLIPPED) * worth[rows] / len(rows)
            )
            pull = pull.reshape(needed.shape)
            cosine = 0.5 * (1.0 + np.cos(np.pi * done / steps)) + 0.003
            rate = RATE * min(1.0, done / WARM_TURNS) * cosine
            for p, net in enumerate(networks):
                net.move(layers[p], pull[:, p].ravel(), rate)
            done += 1
        if turn % 50 == 0 or turn == TURNS - 1:
            report(turn, np.sqrt(total / worth.sum()))
    return networks
