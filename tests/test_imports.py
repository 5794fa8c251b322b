"""Imports run one way, and the control process starts without numpy and pyo."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

# A package may import only from those named here (and from itself).
GROUND = {"errors", "words", "resources"}
ALLOWED = {
    "errors": set(),
    "words": {"errors"},
    "resources": set(),
    "gear": set(),
    "priority": set(),
    "child": set(),
    "shared": set(),
    "midi": {"child", "errors", "priority", "shared"},
    "osc": {"errors"},
    "patterns": GROUND,
    "measure": set(),
    "engine": {"child", "errors", "priority", "shared", "measure"},
    "language": GROUND | {"patterns"},
    "session": GROUND | {"patterns", "language", "gear"},
    "watchdog": {"errors"},
    "conductor": GROUND | {"patterns", "engine", "gear", "midi", "osc", "watchdog"},
    "files": {"errors", "engine"},
    "stages": GROUND | {"files", "patterns", "language", "session", "conductor", "engine", "gear"},
}


# What people and editors meet: nothing below knows of it.
SURFACES = {"cli", "doctor", "editing", "lsp", "play", "reference", "repl", "screen", "serve"}
ROOMS = sorted({path.stem for path in (ROOT / "livecode").iterdir() if not path.name.startswith(("__", "."))})
BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)  # what a statement can stand in


def imported(node: ast.AST, *, late: bool) -> Iterator[str]:
    """Name the modules that a piece of code imports; `late`: those too that a function asks for when it is called."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom):
            yield child.module or ""
        elif isinstance(child, ast.Import):
            yield from (a.name for a in child.names)
        elif isinstance(child, BLOCKS) and (late or not asked_for(child)):
            yield from imported(child, late=late)


def asked_for(node: ast.AST) -> bool:
    """Say whether what a piece of code imports is not there when its module has been read."""
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def imports(package: str, *, late: bool = True) -> set[str]:
    path = ROOT / "livecode" / package
    files: list[Path] = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    found = {name for file in files for name in imported(parsed(file), late=late)}
    return {name.split(".")[1] for name in found if name.startswith("livecode.")} - {package}


@pytest.mark.parametrize("package", list(ALLOWED))
def test_imports_run_one_way(package: str) -> None:
    assert imports(package) <= ALLOWED[package]


def test_rooms_form_no_circle() -> None:
    assert set(TopologicalSorter({room: imports(room, late=False) for room in ROOMS}).static_order()) >= set(ROOMS)


@pytest.mark.parametrize("room", sorted({*ROOMS} - SURFACES))
def test_what_is_below_knows_no_surface(room: str) -> None:
    assert not imports(room) & SURFACES


def test_stages_know_only_the_records_of_the_engine() -> None:
    for file in (ROOT / "livecode" / "stages").glob("*.py"):
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("livecode.engine"):
                assert node.module == "livecode.engine.records", file


def test_the_prompt_starts_without_numpy_and_pyo() -> None:
    code = "import sys, livecode.repl.prompt; print([m for m in ('numpy', 'pyo', '_pyo', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
