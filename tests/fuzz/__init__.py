"""Fuzzing: mutated statements, random sessions, and both parsers. `python -m tests.fuzz.NAME` runs one for long."""
