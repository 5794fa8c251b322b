"""What designs cost is told where it matters, and what cannot be played is refused."""

from __future__ import annotations

from tests.stages.conftest import Evaluate


def test_a_light_design_says_nothing_of_its_cost(evaluate: Evaluate) -> None:
    assert evaluate("design x = saw freq | lpf 1khz | asr 1ms 1s").said == ("x is ready",)


def test_a_heavy_design_says_what_it_costs(evaluate: Evaluate) -> None:
    body = "mix [" + ", ".join(f"(saw freq | vocoder (saw {50 + i}))" for i in range(3)) + "]"
    (said,) = evaluate(f"design x = {body}").said
    assert said.startswith("one voice of x takes about 3% of a core: ")


def test_what_no_machine_can_play_is_refused(evaluate: Evaluate) -> None:
    body = "\n    ".join(f"v{i} = " + " + ".join(f"(saw freq | plate {k + 1}s)" for k in range(20)) for i in range(12))
    text = f"design x =\n    {body}\n    " + " + ".join(f"v{i}" for i in range(12))
    (error,) = evaluate(text).errors
    assert "cannot be played" in error.render() and "cores" in error.render()
