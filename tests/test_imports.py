"""Imports run one way, and the control process starts without numpy and pyo."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.conftest import ROOT

# A package may import only from those named here (and from itself).
GROUND = {"errors", "words", "resources"}
ALLOWED = {
    "errors": set(),
    "words": {"errors"},
    "resources": set(),
    "gear": set(),
    "shared": set(),
    "midi": {"errors", "shared"},
    "osc": {"errors"},
    "patterns": GROUND,
    "measure": set(),
    "engine": {"errors", "shared", "measure"},
    "language": GROUND | {"patterns"},
    "session": GROUND | {"patterns", "language", "gear"},
    "watchdog": {"errors"},
    "conductor": GROUND | {"patterns", "engine", "gear", "midi", "osc", "watchdog"},
    "files": {"errors", "engine"},
    "stages": GROUND | {"files", "patterns", "language", "session", "conductor", "engine", "gear"},
}


def imports(package: str) -> set[str]:
    path = ROOT / "livecode" / package
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("livecode."):
                found.add(node.module.split(".")[1])
            elif isinstance(node, ast.Import):
                found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("livecode.")}
    return found - {package}


@pytest.mark.parametrize("package", list(ALLOWED))
def test_imports_run_one_way(package: str) -> None:
    assert imports(package) <= ALLOWED[package]


def test_stages_know_only_the_records_of_the_engine() -> None:
    for file in (ROOT / "livecode" / "stages").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("livecode.engine"):
                assert node.module == "livecode.engine.records", file


def test_the_prompt_starts_without_numpy_and_pyo() -> None:
    code = "import sys, livecode.repl.prompt; print([m for m in ('numpy', 'pyo', '_pyo', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
