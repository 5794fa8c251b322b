"""Run the MIDI process: `python -m livecode.midi`, started by the control process."""

from livecode.midi.process import main

main()
