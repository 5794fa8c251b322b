"""When things happen: clocks, queries ahead of time, boundaries, and the outputs they feed."""
