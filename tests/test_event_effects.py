"""Further effects of single events as they sound, orbits that duck, and warnings of what changes nothing."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from livecode.conductor.notes import Sounding
from livecode.conductor.unheard import wanting
from livecode.engine.records import Parameter
from livecode.errors import LiveError, PlayError, Source
from livecode.patterns.controls import CONTROLS
from livecode.session import Session
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text
from tests.hearing import Wave, band, level, pitch
from tests.test_events import heard, part, play, sounds

__all__ = ["sounds"]

# What a sine of 400 Hz becomes: control, frequency, its level in dB beside that of the dry sine, how exactly.
SPECTRA = [
    ("octer 1", 800, -1.4, 0.3),
    ("octer 1", 400, 0.0, 0.1),
    ("octersub 1", 200, -1.4, 0.3),
    ("octersubsub 1", 100, -9.4, 0.5),
    ("squiz 2", 800, 0.0, 0.3),
    ("squiz 4", 1600, 0.0, 0.3),
    ("psrate 2", 800, 0.0, 0.5),
    ("fshift 100", 500, 0.0, 0.2),
    ("fshift 0 | fshiftnote 0.5", 600, 0.0, 0.2),
    ("overgain 1", 400, 6.02, 0.1),
    # A sine at three times the frequency moves it by 2: Bessel functions of 2, at the carrier and beside it.
    ("fmi20 2 | fmh2 3", 400, 20 * math.log10(0.2239), 0.3),
    ("fmi20 2 | fmh2 3", 1600, 20 * math.log10(0.5767), 0.3),
    ("fmi 2 | fmh 3", 1600, 20 * math.log10(0.5767), 0.3),
    ("krush 0.5", 1200, -14.4, 1.0),
    ("compressor [-30, 10, 0]", 400, -26.0, 0.5),
    ("compressor [-30, 10, 40]", 400, -23.3, 0.5),
    ("transient [1, 0]", 400, 0.0, 0.2),
    ("amp 0.2", 400, -6.02, 0.1),
    ("noise 0.5", 400, -6.02, 0.5),
    ("hbrick 0.04", 400, -48.2, 1.5),
    ("hbrick 0.005", 400, 0.3, 0.2),
    ("lbrick 0.99", 400, -48.2, 1.5),
    ("overshape 0.4", 1200, -14.2, 1.5),
]


@pytest.mark.parametrize(("control", "freq", "change", "exact"), SPECTRA)
def test_spectra(sounds: Session, control: str, freq: float, change: float, exact: float) -> None:
    dry = part(heard(sounds, "s 'pure' | freq 400"), 0.3, 1.7)
    wet = part(heard(sounds, f"s 'pure' | freq 400 | {control}"), 0.3, 1.7)
    assert level(wet, freq) - level(dry, 400) == pytest.approx(change, abs=exact)


@pytest.mark.parametrize("percent", [25, 50, 80])
def test_waveloss_leaves_out_its_share(sounds: Session, percent: int) -> None:
    wave = part(heard(sounds, f"s 'pure' | freq 400 | waveloss {percent}"), 0.2, 1.7)
    pieces = np.abs(wave[: len(wave) // 120 * 120]).reshape(-1, 120)[:, 20:100].max(axis=1)
    assert np.mean(pieces < 0.02) == pytest.approx(percent / 100, abs=0.04)


def test_hold_stays_at_the_top(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | freq 300 | attack 0.1 | hold 0.3 | decay 0.2 | sustain 0.25")
    top = level(part(wave, 0.2, 0.35))
    assert level(part(wave, 0.38, 0.4)) == pytest.approx(top, abs=0.1)
    assert level(part(wave, 0.7, 1.5)) - top == pytest.approx(20 * math.log10(0.25), abs=0.2)


@pytest.mark.parametrize(("shaper", "begin", "end", "change"), [("[1, 0]", 0, 10, 6), ("[-1, 0]", 0, 10, -4)])
def test_transient_changes_the_strike_alone(sounds: Session, shaper: str, begin: int, end: int, change: float) -> None:
    dry, wet = heard(sounds, "s 'bd'"), heard(sounds, f"s 'bd' | transient {shaper}")
    assert level(part(wet, begin / 1e3, end / 1e3)) - level(part(dry, begin / 1e3, end / 1e3)) == pytest.approx(
        change, abs=1.0
    )
    assert level(part(wet, 0.01, 0.3)) == pytest.approx(level(part(dry, 0.01, 0.3)), abs=1.0)


@pytest.mark.parametrize(("amount", "change"), [(1, 12.0), (-1, -12.0)])
def test_transient_lengthens_or_shortens_the_tail(sounds: Session, amount: int, change: float) -> None:
    dry, wet = heard(sounds, "s 'bd'"), heard(sounds, f"s 'bd' | transient [0, {amount}]")
    assert level(part(wet, 0.3, 0.4)) - level(part(dry, 0.3, 0.4)) == pytest.approx(change, abs=1.5)


def test_noise_has_the_envelope_of_the_event(sounds: Session) -> None:
    soft = heard(sounds, "s 'pure' | noise 1 | attack 0.4 | clip 0.5")
    assert level(part(soft, 0.02, 0.06)) < level(part(soft, 0.4, 0.5)) - 12
    plain = heard(sounds, "s 'pure' | noise 1 | clip 0.25")
    assert level(part(plain, 0.1, 0.4)) > -40
    assert level(part(plain, 0.6, 0.9)) < -55  # what the noise had of a mean dies away


def test_dry_is_what_goes_around_the_room(sounds: Session) -> None:
    plain, half = (heard(sounds, f"s 'pure' | freq 400{more}") for more in ("", " | dry 0.5"))
    assert level(part(half, 0.3, 1.0)) - level(part(plain, 0.3, 1.0)) == pytest.approx(-6.02, abs=0.1)
    assert np.abs(heard(sounds, "s 'pure' | freq 400 | dry 0")).max() < 1e-6
    wet = heard(sounds, "s 'pure' | freq 400 | room 0.5 | dry 0")
    assert np.abs(part(wet, 0.0, 0.01)).max() < 1e-4 < 1e-2 < np.abs(part(wet, 0.3, 0.6)).max()


def test_a_pulse_and_a_wavetable_move(sounds: Session) -> None:
    """The level of the second harmonic tells the width of a pulse; that of the third the place in the table."""
    pulse = heard(sounds, "s 'pulse' | freq 400 | pwrate 2 | pwsweep 0.3")
    levels = [level(part(pulse, t, t + 0.05), 800) for t in np.arange(0.1, 1.1, 0.05)]
    assert max(levels) - min(levels) > 12
    table = heard(sounds, "s 'wavetable' | freq 400 | wtenv 0.5 | wtdecay 0.8")
    early, late = (level(part(table, t, t + 0.1), 1200) for t in (0.05, 1.2))
    assert early > -40 and late < early - 30
    assert level(part(heard(sounds, "s 'wavetable' | freq 400 | wt 0.5"), 0.3, 0.6), 1200) > -40


def test_leslie_turns_at_its_rate(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | freq 400 | leslie 1 | lrate 5 | lsize 0.3")
    for channel in (0, 1):
        loud = np.array([level(wave[i : i + 240, channel]) for i in range(4800, 84000, 240)])
        spectrum = np.abs(np.fft.rfft((loud - loud.mean()) * np.hanning(len(loud))))
        assert np.argmax(spectrum) * 200 / len(loud) == pytest.approx(5.0, abs=0.4)
    sidebands = level(part(wave, 0.2, 1.8), 405) - level(part(wave, 0.2, 1.8), 400)
    assert sidebands > -12.0  # the pitch swings too


def test_fm_envelopes_are_exponential_unless_said(sounds: Session) -> None:
    code = "s 'pure' | freq 400 | fmi 2 | fmh 3 | fmdecay 1"
    bent, straight = heard(sounds, code), heard(sounds, f"{code} | fmenv 'lin'")
    assert level(part(bent, 0.4, 0.6), 1600) < level(part(straight, 0.4, 0.6), 1600) - 8.0
    assert level(part(straight, 1.2, 1.9), 1600) < -60.0


def test_unison_spreads_copies_over_detune_and_place(sounds: Session) -> None:
    wave = heard(sounds, "s 'pure' | freq 1000 | unison 3 | detune 1 | spread 1")
    up, down = 1000 * (1 + math.log(2) / 24), 1000 * (1 - math.log(2) / 24)
    left, right = (wave[9600:86400, c] for c in (0, 1))
    for freq in (1000, up, down):
        both = max(level(left, freq), level(right, freq))
        assert both == pytest.approx(level(left, 1000), abs=4.0)
    assert abs(level(left, up) - level(right, up)) > 20.0  # the outer ones stand at the sides
    assert level(left) == pytest.approx(level(right), abs=1.0)


def test_roomdim_lets_the_highs_fall_sooner(sounds: Session) -> None:
    code = 's "hiss ~ ~ ~" | clip 0.1 | room 1 | roomfade 2 | orbit 1'
    plain, dim = heard(sounds, code), heard(sounds, f"{code} | roomdim 1000")

    def fallen(wave: Wave, low: float, high: float) -> float:
        return band(part(wave, 0.3, 0.6), low, high) - band(part(wave, 1.3, 1.6), low, high)

    assert fallen(dim, 250, 600) == pytest.approx(fallen(plain, 250, 600), abs=3.0)
    assert fallen(dim, 3500, 4500) > fallen(plain, 3500, 4500) + 25.0


def test_an_orbit_ducks_when_another_plays(sounds: Session) -> None:
    silent = "s 'pure' | freq 60 | gain 0 | duckorbit \"2:3\" | duckattack 0.3 | duckdepth 0.25"
    wave = heard(sounds, f"{silent}\nb = s 'pure' | freq 1000 | orbit 3 | slow 2\nc = s \"pure*8\" | gain 0", 2)
    before, down = level(part(wave, 1.8, 1.99)), level(part(wave, 2.003, 2.01))
    assert down - before == pytest.approx(-6.0, abs=0.5)
    assert level(part(wave, 2.14, 2.16)) - before == pytest.approx(20 * math.log10(0.75), abs=0.3)
    assert level(part(wave, 2.35, 2.6)) == pytest.approx(before, abs=0.1)


def test_duckonset_is_the_time_down(sounds: Session) -> None:
    silent = "s 'pure' | freq 60 | gain 0 | duckorbit 2 | duckattack 0.3 | duckonset 0.2"
    wave = heard(sounds, f"{silent}\nb = s 'pure' | freq 1000 | orbit 2 | slow 2", 2)
    before = level(part(wave, 1.8, 1.99))
    assert level(part(wave, 2.09, 2.11)) - before == pytest.approx(20 * math.log10(0.5), abs=0.6)
    assert level(part(wave, 2.195, 2.205)) - before < -30.0


@pytest.mark.parametrize(
    ("control", "semitones"),
    [("octave 3", -12), ("semitone 7", 7), ("ctranspose 12", 12), ("harmonic 3", 12 * math.log2(3)), ("degree 4", 7)],
)
def test_what_moves_the_pitch_without_a_note(sounds: Session, control: str, semitones: float) -> None:
    plain, moved = (pitch(part(heard(sounds, f"s 'pure'{more}"), 0.2, 1.2)) for more in ("", f" | {control}"))
    root = 130.813 if control.startswith("degree") else plain
    assert 12 * math.log2(moved / root) == pytest.approx(semitones, abs=0.05)


def test_semitone_transposes(sounds: Session) -> None:
    plain, moved = (heard(sounds, f"note 60 | s 'pure' | semitone {n}") for n in (0, 12))
    assert pitch(part(moved, 0.2, 1.8)) == pytest.approx(2 * pitch(part(plain, 0.2, 1.8)), rel=1e-5)


def test_other_orbits_do_not_duck(sounds: Session) -> None:
    ducking = "s 'pure' | freq 60 | gain 0 | duckorbit 2"
    wave = heard(sounds, f"{ducking}\nb = s 'pure' | freq 1000 | orbit 4 | slow 2", 2)
    assert level(part(wave, 2.003, 2.01)) == pytest.approx(level(part(wave, 1.8, 1.99)), abs=0.3)


UNHEARD = [
    ("s 'pure' | xsdelay 0.5", ["xsdelay has no effect on pure"]),
    ("s 'pure' | ir 'bd'", ["ir has no effect on pure"]),
    ("s 'pure' | kcutoff 800", ["kcutoff has no effect without krush"]),
    ("s 'pure' | detune 0.2", ["detune has no effect without unison"]),
    ("s 'pure' | lpf 800 | lprate 3 | resonance 0.2", []),
    ("s 'pure' | lpf \"-100\"", ["lpf -100 is played as 20"]),
    ("s 'pure' | ctf 90000", ["ctf 90000 is played as 20000"]),
    ("s 'pure' | gain 100", ["gain 100 is more than can be played"]),
    ("s 'pure' | room \"-1\"", ["room -1 is less than can be played"]),
    ("s 'pure' | pan 0.2 | lpf 500", []),
    ("s 'pure' | lprate 3", ["lprate has no effect without cutoff"]),
    ("s 'pure' | FX [distort 1 | real 0.3]", ["real has no effect on pure"]),
    ("s 'knob' | cut 500", []),
    ("s 'pure' | label 'x' | color 'red' | nudge 0.01 | clip 0.5 | velocity 0.3 | lag 0.01", []),
    ("chord \"<Cm7>\" | voicing | s 'pure' | room 0.4 | roomsize 2 | orbit 2", []),
    ("n \"0 2\" | scale 'c:minor' | s 'pure' | delay 0.3 | delaytime 0.2 | octave 4", []),
]


@pytest.mark.parametrize(("code", "warnings"), UNHEARD)
def test_what_changes_nothing_is_told(sounds: Session, code: str, warnings: list[str]) -> None:
    assert [t.split("\n")[0].rpartition(": ")[2] for t in play(sounds, code, 2).troubles] == warnings


def test_what_a_note_that_failed_was_to_play_is_not_told_of_the_next(sounds: Session) -> None:
    evaluation = evaluate_text(sounds, Source("t", "x = s 'pure'"))
    told: list[LiveError] = []
    sounding = Sounding(score(evaluation.session), tell=told.append)
    sounding._beyond.append(Parameter("other", 0.0, 0.0, 1.0))
    sounding.note(evaluation.session.tracks()["x"].query(Fraction(0), Fraction(1))[0], "x", 1.0)
    assert not told


def test_what_chooses_between_graphs_is_heard_in_the_next_score_too(sounds: Session) -> None:
    evaluation = evaluate_text(sounds, Source("t", "x = s 'pure' | lpf 800 | ftype 'ladder' | unison 3"))
    told: list[LiveError] = []
    first = Sounding(score(evaluation.session), tell=told.append)
    hap = evaluation.session.tracks()["x"].query(Fraction(0), Fraction(1))[0]
    first.note(hap, "x", 1.0)
    Sounding(score(evaluation.session), first.voices, tell=told.append).note(hap, "x", 1.0)
    assert not told


def test_an_event_has_its_bounds(sounds: Session) -> None:
    def error(code: str) -> str:
        evaluation = evaluate_text(sounds, Source("t", f"x = {code}"))
        hap = evaluation.session.tracks()["x"].query(Fraction(0), Fraction(1))[0]
        with pytest.raises(PlayError) as found:
            Sounding(score(evaluation.session)).note(hap, "x", 1.0)
        return found.value.message

    assert "17 further chains" in error(f"s 'pure' | fx [{', '.join(['crush 4'] * 17)}]")
    assert "33 movements" in error("s 'pure'" + " | lfo 'cutoff' 4hz 0.5" * 33)


def test_a_warning_stands_where_the_control_was_written(sounds: Session) -> None:
    (trouble,) = play(sounds, 's "pure" | gain 0.5 | real 0.3').troubles
    assert trouble.split("\n")[:3] == [
        "test:1:27: real has no effect on pure",
        '    a = s "pure" | gain 0.5 | real 0.3',
        "                              ^^^^",
    ] or trouble.startswith("test:1:27")


def test_what_is_wanting_is_found_in_the_stages() -> None:
    assert wanting()["kcutoff"] == "krush"
    assert wanting()["tremolodepth"] == "tremolo"
    assert set(wanting()) <= set(CONTROLS)


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        ("lfo 'cutoff' 4 0.5", "lfo 'cutoff' 4hz 0.5"),
        ("lfoshape 'square' 'cutoff' 2000 0.5", "lfoshape 'square' 'cutoff' 2khz 0.5"),
        ("env 'cutoff' 4 0.01 0.3", "env 'cutoff' 4 10ms 300ms"),
    ],
)
def test_movements_take_units(sounds: Session, plain: str, written: str) -> None:
    code = "s 'rich' | freq 110 | cutoff 800 | "
    assert np.array_equal(heard(sounds, code + plain), heard(sounds, code + written))


@pytest.mark.parametrize(
    "code", ["decay 0.4 | lfo 'decay' 3 0.5", "vowel 'a' | lfo 'vowel' 3 0.1", "env 'attack' 0.5 0.1 0.2"]
)
def test_a_wave_cannot_move_what_is_set_at_the_onset_and_says_so(sounds: Session, code: str) -> None:
    rendering = play(sounds, f"s 'rich' | {code}")
    (trouble,) = rendering.troubles
    assert "it is set when a note starts" in trouble
    assert level(rendering.audio[2400:24000, 0]) > -45.0


@pytest.mark.parametrize("code", ["squiz 2 | vib 5", "octer 1 | lfo 'freq' 3 0.1", "octersub 1 | fmi 2 | fmh 3"])
def test_what_goes_by_the_pitch_bears_a_pitch_that_moves(sounds: Session, code: str) -> None:
    assert level(part(heard(sounds, f"s 'pure' | freq 200 | {code}"), 0.3, 1.7)) > -20.0
