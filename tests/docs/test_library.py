"""The Python of README, docs/library.md and docs/cohort.md runs; the front door holds what it says."""

import ast
import importlib
import re
from pathlib import Path

import pytest

import rheobase.model

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["README.md", "docs/library.md", "docs/cohort.md"])
def test_the_python_of_a_page_runs(name):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    assert blocks
    exec(compile("\n".join(blocks), name, "exec"), {})  # noqa: S102


def test_every_name_at_the_front_door_is_that_of_its_module():
    for name, home in rheobase.model._HOME.items():
        found = getattr(importlib.import_module(f"rheobase.{home}"), name)
        assert getattr(rheobase.model, name) is found


def test_type_checkers_see_the_names_that_there_are():
    tree = ast.parse(Path(rheobase.model.__file__).read_text("utf-8"))
    said = {
        a.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for a in node.names
    }
    assert said - {None} == set(dir(rheobase.model))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'cure'"):
        rheobase.model.cure  # noqa: B018
