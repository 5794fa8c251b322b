"""livecode export and livecode compare: deliveries from the shell, with a bar that shows how far they are."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import TextIO

from livecode.deliver.bar import Bar
from livecode.deliver.compare import compared
from livecode.deliver.formats import FORMATS, read
from livecode.deliver.job import Progress, contrasted, prepared
from livecode.deliver.report import figures
from livecode.deliver.run import contrast, deliver
from livecode.errors import FileError, LiveError, Source
from livecode.files.texts import read_text
from livecode.session import Session
from livecode.stages.delivery import COMPARED, Comparison, Order, known_form
from livecode.stages.prelude import prelude
from livecode.stages.statements import evaluate_text


def export(file: Path, what: str | None, out: TextIO) -> int:
    """Carry out every export of a file, or the one that is given; gives the exit status.

    Raises LiveError.
    """
    session, orders = _orders(file, what)
    for order in orders:
        bar = Bar(out) if out.isatty() else None
        progress: Progress = bar or (lambda part, label: None)
        try:
            done = deliver(prepared(session, order, Path.cwd(), progress), progress)
        except LiveError as error:
            raise error.at(order.place) from None
        except KeyboardInterrupt:
            if bar is not None:
                bar.clear()
            print(f"{order.path}: stopped, so nothing of it is left", file=sys.stderr)
            raise
        finally:
            if bar is not None:
                bar.clear()
        print("\n".join(done.said))
    return 0


def _orders(file: Path, what: str | None) -> tuple[Session, list[Order]]:
    evaluation = evaluate_text(prelude(), read_text(file))
    errors, acts = evaluation.errors, evaluation.acts
    if what is not None and not errors:
        said = evaluate_text(evaluation.session, Source("export", f"export {what}"))
        errors, acts = said.errors, said.acts
    for error in errors[:-1]:
        print(error.render(), file=sys.stderr)
    if errors:
        raise errors[-1]
    orders = [act.order for _, act in acts if act.name == "export" and isinstance(act.order, Order)]
    if not orders:
        raise FileError(
            f"{file} has no export", hint=f"""livecode export {file} "song 'out/track.flac' loudness=-14LUFS\""""
        )
    return evaluation.session, orders


def compare(file: Path, reference: Path, song: str | None, cycles: Fraction | None) -> str:
    """Set the master of a text, or a recording, beside a reference.

    Raises LiveError.
    """
    if file.suffix.lower() in FORMATS:
        return compared(figures(*read(file)), figures(*read(reference)), reference.stem)
    evaluation = evaluate_text(prelude(), read_text(file))
    if evaluation.errors:
        raise evaluation.errors[0]
    session = evaluation.session
    read(reference)  # a wrong name is told before anything is rendered
    form = known_form(session, song) if song else session.transport.form
    end = cycles if cycles is not None or form else COMPARED
    return contrast(contrasted(session, Comparison(str(reference), form, end=end), Path.cwd()))
