"""Shared memory is seen by who has its handle, and goes with the last of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from livecode.shared import SharedMemory

OTHER = """
import sys
from livecode.shared import SharedMemory
memory = SharedMemory(64, sys.argv[1])
assert memory.inherited == ()
memory.map[1] = memory.map[0] + 1
"""


def test_another_process_sees_what_is_written_and_writes() -> None:
    memory = SharedMemory(64)
    assert bytes(memory.map) == bytes(64)
    memory.map[0] = 41
    subprocess.run([sys.executable, "-c", OTHER, memory.handle], pass_fds=memory.inherited, check=True)
    assert memory.map[1] == 42


@pytest.mark.skipif(sys.platform == "win32", reason="memory has no file there")
def test_what_is_closed_is_handed_on_no_more_but_stays_mapped() -> None:
    mapped, only_held = SharedMemory(64), SharedMemory(64)
    mapped.map[0] = 1
    for memory in (mapped, only_held):
        file = memory.inherited[0]
        memory.close()
        memory.close()
        assert memory.inherited == ()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(file)
    assert mapped.map[0] == 1
    with pytest.raises(ValueError, match="closed"):
        _ = only_held.map
