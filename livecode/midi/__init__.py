"""External gear over MIDI: messages, ports, a process that sends in time, what comes in, clocks and files."""
