"""Processes of a delivery do not hear Ctrl-C, however early it comes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import pytest

from livecode.deliver.children import uninterrupted


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system masks no signals")
def test_what_begins_hears_no_ctrl_c() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    child = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(0.2,))
    with uninterrupted():
        child.start()
    assert child.pid is not None
    os.kill(child.pid, signal.SIGINT)
    child.join()
    assert child.exitcode == 0
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
