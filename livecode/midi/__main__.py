"""Run the MIDI process: `python -m livecode.midi`, started by the control process."""

import os
from contextlib import suppress

if hasattr(os, "nice"):
    with suppress(OSError):  # before all is loaded: another may have been killed while the machine is busy
        os.nice(-10)

from livecode.midi.process import main

main()
