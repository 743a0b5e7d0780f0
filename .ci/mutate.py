"""Change the guard in every small way there is; a test must notice each change.

    python .ci/mutate.py [--only FILE] [--list]

Each change (a comparison, an operator, a constant, a condition, a return) is tried in a process
forked from this one, where everything heavy is loaded already, and the tests are called directly,
so that one change costs little more than the first test that notices it. Survivors are printed and make this fail.
"""

import argparse
import ast
import contextlib
import copy
import importlib
import importlib.abc
import importlib.util
import inspect
import io
import itertools
import os
import signal
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
FRESH = ("rheobase.safety", "rheobase.stimulators", "rheobase.session", "tests")
FILES = {  # file: the tests that must notice, those nearest first
    "safety/limits": ["limits", "whole_child", "envelope", "montage"],
    "safety/skin_map": ["montage", "whole_child"],
    "safety/montage": ["montage", "whole_child"],
    "safety/envelope": ["envelope", "whole_child"],
    "safety/whole_child": ["whole_child"],
}
TARGETS = {
    f"rheobase/{file}.py": [f"tests.safety.test_{one}" for one in tests]
    for file, tests in FILES.items()
} | {
    "rheobase/stimulators/_guarded.py": [
        "tests.stimulators.test_guarded",
        "tests.stimulators.test_guarded_history",
        "tests.stimulators.test_guarded_contact",
    ],
    "rheobase/session/states.py": ["tests.session.test_states"],
}
TIMEOUT_S = 60
WORKERS = 2
COMPARE = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


def mutants(tree):
    """Yield (line, what, changed tree) for every small change of a module."""
    skipped = _skipped(tree)
    nodes = list(ast.walk(tree))
    for i, node in enumerate(nodes):
        if node in skipped:
            continue
        for what, change in _changes(node):
            changed = copy.deepcopy(tree)
            change(list(ast.walk(changed))[i])
            yield getattr(node, "lineno", 0), what, ast.fix_missing_locations(changed)


def _skipped(tree):
    """Docstrings, annotations, texts of messages and protocols say nothing that can be wrong."""
    skipped = set()
    for node in ast.walk(tree):
        parts = []
        if isinstance(node, ast.AnnAssign) or (isinstance(node, ast.arg) and node.annotation):
            parts.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parts += [node.returns, *node.decorator_list]
        elif isinstance(node, ast.ClassDef):
            parts += node.decorator_list
            parts += [node] if any(getattr(b, "id", "") == "Protocol" for b in node.bases) else []
        elif isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "Rule"
        ):
            parts.append(node)
        for part in filter(None, parts):
            skipped.update(ast.walk(part))
    return skipped


def _changes(node):
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            for other in COMPARE.get(type(op), ()):
                name = f"{type(op).__name__} to {other.__name__}"
                yield name, lambda n, at=at, other=other: n.ops.__setitem__(at, other())
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        other = ARITHMETIC[type(node.op)]
        name = f"{type(node.op).__name__} to {other.__name__}"
        yield name, lambda n, other=other: setattr(n, "op", other())
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"to {other.__name__}", lambda n, other=other: setattr(n, "op", other())
        for at in range(len(node.values)):
            yield f"without condition {at + 1}", lambda n, at=at: n.values.pop(at)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield "without its sign", lambda n: setattr(n, "op", ast.UAdd()) or _bare(n)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        for value in (True, False):
            yield (
                f"condition {value}",
                lambda n, value=value: setattr(n, "test", ast.Constant(value)),
            )
    elif isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield "returns None", lambda n: setattr(n, "value", ast.Constant(None))
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
        "min",
        "max",
        "any",
        "all",
    ):
        other = {"min": "max", "max": "min", "any": "all", "all": "any"}[node.func.id]
        yield f"{node.func.id} to {other}", lambda n, o=other: setattr(n.func, "id", o)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Await | ast.Call):
        yield "left out", lambda n: setattr(n, "value", ast.Constant(None))
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
        yield "assignment left out", _without_effect


def _constants(value):
    if isinstance(value, bool):
        yield f"{value} to {not value}", lambda n: setattr(n, "value", not value)
    elif isinstance(value, int | float):
        for other in (value + 1, value * 0.5 if value else -1):
            yield f"{value} to {other}", lambda n, other=other: setattr(n, "value", other)


def _bare(node):
    """`+x` for `-x`; for `not x`, twice not, which keeps the kind."""
    if isinstance(node.operand, ast.Compare | ast.BoolOp | ast.Call | ast.Name | ast.Attribute):
        node.op = ast.Not()
        node.operand = ast.UnaryOp(op=ast.Not(), operand=node.operand)


def _without_effect(node):
    node.targets = [ast.Name(id="_unused", ctx=ast.Store())]


def survives(module, source, tests):
    """Run the tests against a changed module in this (forked) process; True if all pass."""
    path = str(SOURCE / module)
    code = compile(source, path, "exec")
    name = module.removesuffix(".py").replace("/", ".")
    for known in [m for m in sys.modules if m.startswith(FRESH)]:
        del sys.modules[known]

    class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, wanted, _path, _target=None):
            if wanted == name:
                return importlib.util.spec_from_loader(name, self, origin=path)
            return None

        def exec_module(self, module):
            module.__file__ = path
            exec(code, module.__dict__)  # the whole point of this file

    sys.meta_path.insert(0, Changed())
    hidden = io.StringIO()
    with contextlib.redirect_stdout(hidden), contextlib.redirect_stderr(hidden):
        for test in (t for file in tests for t in cases(importlib.import_module(file))):
            test()
    return True


def cases(module):
    """Return every case of every test of a module, searches by chance last.

    Only what our own tests use: functions, `parametrize`, and `monkeypatch`.
    """
    found = [v for k, v in vars(module).items() if k.startswith("test_") and callable(v)]
    return [
        c for test in sorted(found, key=lambda t: hasattr(t, "hypothesis")) for c in _cases(test)
    ]


def _cases(test):
    axes = []
    for mark in getattr(test, "pytestmark", []):
        names, values = mark.args
        names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
        axes.append([dict(zip(names, v if len(names) > 1 else (v,), strict=True)) for v in values])
    for chosen in itertools.product(*axes):
        given = {k: v for part in chosen for k, v in part.items()}
        yield lambda given=given: _call(test, given)


def _call(test, given):
    if "monkeypatch" not in inspect.signature(test).parameters:
        return test(**given)
    with pytest.MonkeyPatch.context() as patch:
        return test(monkeypatch=patch, **given)


def start(module, source, tests):
    """Fork a process for one mutant and return its number."""
    number = os.fork()
    if number == 0:
        os.setpgid(0, 0)
        try:
            os._exit(1 if survives(module, source, tests) else 0)
        except BaseException:  # noqa: BLE001
            os._exit(0)  # it could not even be imported: noticed
    return number


def judge(jobs, workers):
    """Yield the jobs whose change no test noticed."""
    waiting, running = list(reversed(jobs)), {}
    while waiting or running:
        while waiting and len(running) < workers:
            job = waiting.pop()
            module, _, _, source = job
            running[start(module, source, TARGETS[module])] = (job, time.monotonic())
        number, status = os.waitpid(-1, os.WNOHANG)
        if number in running:
            job, _ = running.pop(number)
            if os.waitstatus_to_exitcode(status) == 1:
                yield job
            continue
        for number, (_, since) in list(running.items()):
            if time.monotonic() - since > TIMEOUT_S:  # noticed: it hangs
                os.killpg(number, signal.SIGKILL)
        time.sleep(0.005)


def collect(only):
    """Return every mutant of every target as (module, line, what, source)."""
    jobs = []
    for module in TARGETS:
        if only not in module:
            continue
        tree = ast.parse((SOURCE / module).read_text("utf-8"))
        plain = ast.unparse(tree)
        for line, what, changed in mutants(tree):
            source = ast.unparse(changed)
            if source != plain:
                jobs.append((module, line, what, source))
    return jobs


def main():
    """Try every change; print what survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="part of a file's name")
    parser.add_argument("--list", action="store_true", help="show the changes, try none")
    parser.add_argument("--workers", type=int, default=WORKERS)
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    jobs = collect(options.only)
    if options.list:
        for module, line, what, _ in jobs:
            print(f"{module}:{line}: {what}")
        return 0
    for heavy in ("hypothesis.strategies", "asyncio", "rheobase.stimulus"):
        importlib.import_module(heavy)
    for module in {job[0] for job in jobs}:
        source = ast.unparse(ast.parse((SOURCE / module).read_text("utf-8")))
        number = start(module, source, TARGETS[module])
        if os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) != 1:
            print(f"The tests of {module} fail without any change. Mend that first.")
            return 2
    began = time.monotonic()
    survivors = []
    for job in judge(jobs, options.workers):
        survivors.append(job)
        module, line, what, _ = job
        print(f"survived: {module}:{line}: {what}", flush=True)
    took_s = time.monotonic() - began
    print(f"{len(jobs)} changes, {len(survivors)} survived, {took_s:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
