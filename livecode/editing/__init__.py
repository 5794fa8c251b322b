"""What an editor asks of a text: completion, telling, signatures, names, mistakes. Offsets are characters."""
