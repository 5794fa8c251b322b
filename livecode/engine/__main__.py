"""Run the engine: `python -m livecode.engine`, started by the control process."""

from livecode.engine.process import main

main()
