"""The motor and the sensory axon of Gaines 2018 in NEURON, on the geometry of MRG."""

from pathlib import Path

from csv_rows import rows
from neuron_fibre import NeuronFibre, neuron

HERE = Path(__file__).parent


class GainesFibre(NeuronFibre):
    """One fibre with active internodes; `kind` is motor or sensory."""

    def __init__(self, kind, fibre, n_nodes):
        neuron(HERE / "rbgaines.mod")
        self.membrane = [row for row in rows(HERE / "membranes.csv") if row["kind"] == kind]
        super().__init__(fibre, n_nodes)

    def _section(self, kind, length_um, fibre):
        one = super()._section(kind, length_um, fibre)
        one.uninsert("rbmrg" if kind == "node" else "pas")
        one.insert("rbgaines")
        for row in self.membrane:
            if row["part"] == kind:
                setattr(one, f"{row['name']}_rbgaines", float(row["value"]))
        return one
