"""A process of ours beside the control process: another interpreter that runs one of our packages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def spawn(package: str, *arguments: str, inherited: tuple[int, ...], **environment: str) -> subprocess.Popen[bytes]:
    """Start `python -m package`, spoken to by pipes, with some open files; silent unless LIVECODE_DEBUG is set."""
    root = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
    return subprocess.Popen(
        [sys.executable, "-m", package, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("LIVECODE_DEBUG") else subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path, **environment},
        pass_fds=inherited,
    )
