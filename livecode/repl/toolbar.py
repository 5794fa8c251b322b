"""The line at the bottom: position, tempo, what plays, load and level."""

from __future__ import annotations

from math import floor, log10

from prompt_toolkit.formatted_text import StyleAndTextTuples

from livecode.performance import Performance


def toolbar(performance: Performance) -> StyleAndTextTuples:
    """Give the toolbar's text, in pieces with styles."""
    ready, position = performance.ready, performance.position()
    if ready is None or position is None or position[0] < 0:
        return [("", " starting the sound …")]
    cycle, section = position
    session = performance.session
    beats = session.settings.beats
    beat = floor((cycle - floor(cycle)) * beats) + 1
    meters = performance.engine.meters()
    peak = max(meters.left, meters.right)
    level = f"{20 * log10(peak):5.1f} dB" if peak > 1e-5 else "   -∞ dB"
    tracks = list(session.tracks()) if not session.transport.form else [session.transport.form]
    parts: StyleAndTextTuples = [
        ("class:bottom-toolbar.name", f" {floor(cycle)}:{beat}"),
        ("", f" {section}" if section else ""),
        ("", f"  {performance.bpm():g} bpm  {' '.join(tracks) if tracks else 'nothing plays'}"),
        ("", f"  cpu {meters.load:.0%}  voices {meters.voices}  {level}"),
    ]
    deliveries = performance.deliveries
    if deliveries is not None and deliveries.names:
        parts.append(("", f"  export {deliveries.names[0]} {deliveries.part:.0%}"))
    if ready.backend == "silent":
        parts.append(("class:bottom-toolbar.warning", "  no sound device"))
    elif meters.late or meters.dropouts:
        parts.append(("class:bottom-toolbar.warning", f"  late {meters.late}  drop-outs {meters.dropouts}"))
    return parts
