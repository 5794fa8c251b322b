"""Pure patterns: exact time, haps, the algebra, mini-notation, signals, random, theory, controls."""
