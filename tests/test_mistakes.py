"""The mistakes that musicians make: each is named at its place, and the fix is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from livecode.conductor.conductor import Conductor
from livecode.errors import LiveError, Source
from livecode.session import Session, Transport
from livecode.stages.prelude import prelude
from livecode.stages.score import score
from livecode.stages.statements import evaluate_text
from tests.fuzz.statements import Nowhere

BAND = """
kick = s "bd*4"
hats = s "hh*8"
arrange drop 8 = kick
arrange song = "drop"
design acid cutoff=800hz = saw freq | lpf cutoff
mix drums = kick + hats
"""
SESSION: Session = evaluate_text(prelude(), Source("band", BAND)).session

# What was typed, the column of the mistake, a part of the message, and a part of what is expected or the hint.
MISTAKES = [
    # what is left open
    ('s "bd*4', 3, "quote is never closed", 'another "'),
    ("s 'bd", 3, "quote is never closed", "another '"),
    ('s "bd [sd"', 7, "[ is never closed", "expected ]"),
    ('s "bd <sd"', 7, "< is never closed", "expected >"),
    ('s "bd(3,8"', 6, "( is never closed", "expected )"),
    ('s "bd sd]"', 9, "] closes nothing", "a step or the end"),
    ('((s "bd")', 1, "( is never closed", "expected )"),
    ("s [1, 2", 3, "[ is never closed", "expected ]"),
    ("{a: 1", 1, "{ is never closed", "expected }"),
    ('s "bd*"', 7, "something is missing after *", "such as bd"),
    ("let k = kick |", 14, "stops too early", "a value"),
    ("1 +", 3, "stops too early", "a value"),
    ("kick =", 6, "stops too early", 'kick = s "bd*4"'),
    ("mix kick", 8, "stops too early", "mix kick | gain -3dB"),
    # habits of Tidal and Strudel
    ('s "bd" $ fast 2', 8, "$ means nothing", "needs no $"),
    ('fast 2 $ s "bd"', 8, "$ means nothing", "needs no $"),
    ('d1 $ sound "bd"', 4, "$ means nothing", 'a name and an equals sign: kick = s "bd*4"'),
    ('d1 $ every 4 rev $ s "bd"', 4, "$ means nothing", "a name and an equals sign"),
    ('$: s("bd")', 1, "$ means nothing", "a name and an equals sign"),
    ("d1 silence", 1, "d1 means nothing", "a name and an equals sign"),
    ('x <- s "bd"', 3, "< means nothing", "a name and an equals sign"),
    ('kick: s "bd"', 5, "found :", "a name and an equals sign"),
    ('kick := s "bd"', 6, "found :", "a name and an equals sign"),
    ('const x = s "bd"', 9, "found =", 'kick = s "bd*4"'),
    ('every 4 (# speed 2) (s "bd")', 9, "( is never closed", "# begins a comment: (speed 2) needs no #"),
    ('s "bd" |+ n 1', 9, "found +", "p | (+ n 1)"),
    ('n "1" |< s "bd"', 8, "< means nothing", "behind a bar"),
    ("every 4 (x => fast 2 x) kick", 13, "> means nothing", "\\x -> x | fast 2"),
    ('s "bd" | every 4 fast 2', 18, "fast still waits for more", "in brackets with them: (fast …)"),
    ("jux rev s 'bd'", 9, "not the function s", "as an argument it stands in brackets"),
    ("s “bd*4”", 3, "“ means nothing", "quotes are straight"),
    ("// drums", 1, "found /", "a comment begins with #"),
    ("-- drums", 1, "found -", "a comment begins with #"),
    ("s 'bd' | gain 0,8", 16, "found ,", "a decimal point: 0.8"),
    ('arrange([4, s("bd")])', 8, "found (", "arrange drop 8 = kick, bass"),
    ("arrange a 8 kick", 16, "stops too early", "arrange drop 8 = kick, bass"),
    ("?", 1, "? means nothing", "help NAME"),
    ("exit()", 1, "exit means nothing", "Ctrl-D"),
    # habits of Sonic Pi
    ("live_loop :drums do", 11, "found :", "repeats by itself"),
    ("sleep 0.5", 1, "sleep means nothing", "repeats by itself"),
    ("use_bpm 120", 1, "use_bpm means nothing", "tempo 120"),
    ("sample :bd_haus", 8, "found :", "choose a sound"),
    ("with_fx :reverb do", 9, "found :", "room 0.5"),
    ("play :c4", 6, "found :", "words stand in quotes: 'c4'"),
    ("play 60", 6, "play takes names", "note 60"),
    ('play "song"', 6, "play takes names", "play song"),
    ('n "c e g"', 4, "c is not a step", 'note "c"'),
    ("tempo = 120", 7, "tempo is a command", "tempo 120"),
    ("mix kick reverb 0.3", 10, "found reverb", "mix kick | gain -3dB"),
    ("master limit -1dB", 8, "found limit", "master | limit -1dB"),
    ("render 'a.wav'", 1, "render means nothing", "export 'song.wav'"),
    ('s "bd".fast 2', 7, ". means nothing", "chained with a bar"),
    ('s("bd sd").fast(2)', 11, ". means nothing", "chained with a bar"),
    ('s "bd" . fast 2', 8, ". means nothing", "chained with a bar"),
    ("kick.gain 2", 1, "kick.gain means nothing", "kick | gain"),
    ('s "bd" | every(4, rev)', 17, "found ,", "without commas"),
    ('stack s "bd", s "hh"', 13, "found ,", "a list stands in [ ]"),
    ("setcps 0.5", 1, "setcps means nothing", "tempo 120"),
    ("bpm 120", 1, "bpm means nothing", "tempo 120"),
    ("~ bd", 1, "~ means nothing", 'inside double quotes: "bd ~"'),
    ("<bd sd>", 1, "< means nothing", "inside double quotes"),
    ("`bd`", 1, "` means nothing", "double quotes"),
    ("bd!4", 3, "! means nothing", 'inside double quotes: "bd!3 sd"'),
    ("bd@3", 3, "@ means nothing", 'inside double quotes: "bd@3 sd"'),
    ("s bd", 3, "bd means nothing", 's "bd"'),
    ('s "bd" ; s "sd"', 8, "; means nothing", "where its line ends"),
    ('s "bd" || fast 2', 9, "found |", "one bar is enough"),
    ('s "bd" |> fast 2', 9, "> means nothing", "a bar alone"),
    ('print "hi"', 1, "print means nothing", "show NAME"),
    # names
    ('s "bd" | gian 0.5', 10, "gian means nothing", "did you mean gain?"),
    ("play sogn", 6, "sogn", "did you mean song?"),
    ("play nobody", 6, "nothing called nobody", "there are kick, hats"),
    ("goto drop", 1, "no song plays", "play song from drop"),
    ('arrange tune = "drp"', 17, "there is no section drp", "did you mean drop?"),
    ("arrange b 8 = kik", 15, "kik means nothing", "did you mean kick?"),
    ("mix nobody | gain 1", 5, "no pattern or bus nobody", "compose nobody"),
    ("design x = saw frq", 16, "frq means nothing", "did you mean freq?"),
    ("design x = saw freq | cathedrall", 23, "cathedrall means nothing", "did you mean cathedral?"),
    ("mute drumz", 6, "nothing called drumz", "did you mean drums?"),
    ("fast = 3", 1, "a word of the language", "fast1"),
    ("design x fast=2 = saw freq", 10, "a word of the language", "fast1"),
    ('note "c e g" | scale "c:majr"', 16, "majr is not a scale", "did you mean major?"),
    ('midi out "Digitone" as digi', 10, "midi takes names", "single quotes: 'Digitone'"),
    ('key "h:minor"', 5, "h is not a note", "did you mean b:minor?"),
    ('key "fis:minor"', 5, "fis is not a note", "did you mean f#:minor?"),
    ('note "0 2" | scale "x:major"', 14, "x is not a note", "did you mean c:major or d:major or a:major?"),
    # units and ranges
    ('s "bd" | lpf 2s', 14, "cannot be in s", "440hz"),
    ('s "bd" | gain 440hz', 15, "cannot be in Hz", "-6dB"),
    ("tempo 120hz", 7, "cannot be in Hz", "120bpm"),
    ("tempo 5000", 7, "out of range", "10 to 999"),
    ("quant 0", 7, "out of range", "0.015625 to 256"),
    ("latency 5", 9, "out of range", "0.1 to 2"),
    ("mix kick | gain -3", 12, "turn the signal over", "-3dB"),
    ("mix kick | lpf 2s", 16, "cannot be in s", "440hz"),
    ("arrange a 8hz = kick", 11, "a number of cycles", "arrange a 8 ="),
    # arguments: swapped, missing, of another kind
    ('every rev 4 (s "bd")', 7, "wants a number", "for example every 4 rev"),
    ('s "bd" | sometimesBy rev 0.3', 22, "wants a number", "sometimesBy probability f pat"),
    ('s "bd" | fast rev', 15, "wants a time in cycles", "for example fast 2"),
    ('s "bd" | fast', 10, "still waits", 'for example fast 2 "bd sn"'),
    ('s "bd" | every 4 3', 18, "wants a function", "rev"),
    ('s "bd" | off 1/8', 10, "still waits", "for example off 1/8 (+ 7)"),
    ('fast (s "bd") 2', 1, "not a time", "for example fast 2"),
    ('s "bd" gain 0.5', 8, "not the function gain", "behind a pattern stands a bar, … | gain …"),
    ('s "bd" | gain = 0.5', 15, "found =", "has no spaces"),
    ("key minor", 5, "takes a scale", 'key "c:minor"'),
    ('s "bd" | pan left', 14, "left means nothing", "pan 0.2"),
    # forms, designs and the mixer
    ("arrange drop = kick", 16, "stands in double quotes", "has a length"),
    ("arrange a = drop drop", 13, "stands in double quotes", "arrange song ="),
    ("design x cutoff = saw freq", 10, "needs a default", "cutoff=0.5"),
    ("design x = saw", 12, "still waits", "saw freq"),
    ("mix kick | limit -1dB", 12, "end of the master alone", "compress"),
    ("mix kick = kick", 5, "its strip has that name already", "mix kick | …"),
    # values that could not be played
    ('note "x9"', 7, "x9 is not a note", "a name such as c4"),
    ('note "c e bd"', 11, "bd is not a note", "s 'bd' chooses a sound"),
    ("\"<c x>\" | note | s 'pluck'", 5, "x is not a note", "a name such as c4"),
    ('s "bd" | speed "fast"', 17, "speed takes a number, not fast", "speed 1"),
    ('s "bd" | gain "loud"', 16, "gain takes a number, not loud", "-6dB"),
    ('s "bd" | lpf "c4"', 15, "cutoff takes a number, not c4", "440hz"),
    ('n "x"', 4, "x is not a step of a scale", "2, -1 or 4#"),
    ('chord "Cmjr7"', 8, "Cmjr7 is not a chord", "did you mean Cmaj7?"),
    ('chord "<C Cmjr7>" | voicing', 11, "Cmjr7 is not a chord", "did you mean Cmaj7?"),
    ('arrange a 4 = kick, note "k"', 27, "k is not a note", "s 'k' chooses a sound"),
    # what is made of itself, or of nothing
    ("let f x = f x", 11, "f cannot be made of itself", "let f1"),
    ("let x = x | fast 2", 9, "x cannot be made of itself", "let x1"),
    ("let g y = fasst 2 y", 11, "fasst means nothing", "did you mean fast?"),
    ('jux rev (n "0 1") smear', 19, "smear still waits", "chained with a bar"),
    ("load", 1, "load takes a file", "load 'song.live'"),
    ("save", 1, "save takes a file", "save 'a.live'"),
    ("mix kick | shimer 0.4", 12, "shimer means nothing", "did you mean shimmer?"),
    # too much
    ('s "bd*99999999"', 7, "99,999,999 events a cycle; the limit is 4,096", ""),
    ('s "bd" | ply 1000000', 10, "1,000,000 events a cycle; the limit is 4,096", ""),
    # files
    ("samples 'nofolder'", 9, "there is no folder nofolder", ""),
    ("import drums.live", 1, "in single quotes", "import 'drums.live'"),
    ("import 'none.live'", 8, "there is no file none.live", ""),
    ("import '/etc/passwd'", 8, "outside this folder", "in or below"),
]


@pytest.mark.parametrize(("text", "column", "message", "fix"), MISTAKES, ids=[text for text, *_ in MISTAKES])
def test_a_mistake_is_named_and_its_fix_is_shown(text: str, column: int, message: str, fix: str) -> None:
    evaluation = evaluate_text(SESSION, Source("typed", text))
    assert evaluation.session is SESSION
    (error,) = evaluation.errors
    assert error.place is not None
    assert f"typed:1:{column}: " in error.render()
    assert message in error.message
    assert fix in f"expected {error.expected} {error.hint}"


# What is right as it is written, and is not what was meant: it is evaluated, and told.
SWALLOWED = [
    ('s "bd" # gain 0.8', "gain 0.8 is not heard"),
    ('s "bd*2" # n 3 # speed 2', "n 3 is not heard"),
    ('x = s "bd"\n  # speed "1 2"', 'speed "1 2" is not heard'),
    ('s "bd" # pan (slow 2 sine)', "pan (slow 2 sine) is not heard"),
]
COMMENTS = [
    's "bd"  # gain 3 dB louder than before',
    's "bd"  # a note',
    "# gain 0.8\ns 'bd'",
    's "bd"\n# gain 0.8',
    "s 'bd' | label '# gain 1'",
]


@pytest.mark.parametrize(("text", "warning"), SWALLOWED)
def test_a_control_behind_a_number_sign_is_told_to_be_a_comment(text: str, warning: str) -> None:
    evaluation = evaluate_text(SESSION, Source("typed", text))
    assert evaluation.errors == ()
    assert warning in evaluation.said[0] and "| " in evaluation.said[0]


@pytest.mark.parametrize("text", COMMENTS)
def test_a_comment_is_left_in_peace(text: str) -> None:
    assert not any("comment" in said for said in evaluate_text(SESSION, Source("typed", text)).said)


# What is known to be wrong only when it plays: a sound may still come from a folder of samples.
HEARD = [
    ('s "glas"', 4, "there is no sound glas", "did you mean glass?"),  # of the gallery
    ('note "c e" | s "pluk"', 17, "there is no sound pluk", "did you mean pluck?"),
    ("note 60 | s 'acide'", 14, "there is no sound acide", "did you mean acid?"),  # a design of the session
    ("s 'bd' | vowel 'q'", 4, "q is not a vowel", ""),
    ("0.3", 1, "0.3 is a plain value", 's "bd" plays a sound'),
]


@pytest.mark.parametrize(("text", "column", "message", "fix"), HEARD, ids=[text for text, *_ in HEARD])
def test_what_shows_only_when_it_plays_has_a_place_and_a_fix(text: str, column: int, message: str, fix: str) -> None:
    told: list[LiveError] = []
    session = evaluate_text(prelude(), Source("band", BAND)).session
    evaluation = evaluate_text(replace(session, transport=Transport()), Source("typed", text))
    assert evaluation.errors == ()
    conductor = Conductor(Nowhere(), 48000, 256, told.append)
    conductor.begin(score(evaluation.session), 0)
    conductor.tick(100_000)
    (error,) = told
    assert f"typed:1:{column}: " in error.render()
    assert message in error.message
    assert fix in error.hint


def test_the_catalogue_is_large_enough() -> None:
    assert len({text for text, *_ in MISTAKES}) >= 60
