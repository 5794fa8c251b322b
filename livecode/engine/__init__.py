"""The sound engine: a process of its own that knows only the plain records it is sent."""
