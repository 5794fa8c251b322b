"""The recipes for editors say what there is."""

from __future__ import annotations

import json

from livecode.serve.methods import ROWS
from tests.conftest import ROOT

EDITORS = ROOT / "docs" / "editors"


def test_every_method_is_told_of() -> None:
    told = (EDITORS / "README.md").read_text(encoding="utf-8")
    for row in ROWS:
        params = row.params.replace("|", "\\|")
        assert f"| `{row.name}` | {params} | {row.doc} |".replace("|  |", "| |") in told


def test_the_extension_names_files_that_are_there() -> None:
    package = json.loads((EDITORS / "vscode" / "package.json").read_text(encoding="utf-8"))
    assert (EDITORS / "vscode" / package["main"]).is_file()
    (language,) = package["contributes"]["languages"]
    assert (EDITORS / "vscode" / language["configuration"]).is_file()
    (grammar,) = package["contributes"]["grammars"]
    found = json.loads((EDITORS / grammar["path"]).read_text(encoding="utf-8"))
    assert found["scopeName"] == grammar["scopeName"]
    commands = {command["command"] for command in package["contributes"]["commands"]}
    assert {key["command"] for key in package["contributes"]["keybindings"]} <= commands
    script = (EDITORS / "vscode" / "extension.js").read_text(encoding="utf-8")
    assert all(f"{name.partition('.')[2]}: (" in script for name in commands)
