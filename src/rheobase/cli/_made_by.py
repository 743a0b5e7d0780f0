"""Which program and which tables made an answer: beside every JSON of the models."""


def made_by() -> dict[str, str]:
    """Return name and version of the program, and the hash of its tables of the literature."""
    from importlib.metadata import version

    from rheobase.evidence.load import edition

    return {"made_by": f"rheobase {version('rheobase')}", "evidence_sha256": edition()}
