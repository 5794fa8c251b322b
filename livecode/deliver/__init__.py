"""Delivery: from a rendering to finished files."""
