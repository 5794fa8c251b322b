"""From text to tree to checked expressions."""
