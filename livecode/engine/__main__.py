"""Run the engine: `python -m livecode.engine`, started by the control process."""

import os

from livecode.engine import pipes
from livecode.engine.records import Trouble

reports = os.fdopen(os.dup(1), "wb")
try:
    from livecode.engine.process import main

    main(reports)
except Exception as error:
    pipes.write(reports, Trouble(f"{type(error).__name__}: {error}"))
    raise
