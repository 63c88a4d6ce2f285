"""The work of one block: what a worker is given, and what it gives back."""

import gzip
import io
import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from attrs import frozen

from dcpermit.batch.part import Part, named_campus
from dcpermit.intake.chunks import Chunk
from dcpermit.lands.geometry.engine import of_run
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.screening import problem_table, screen_batch
from dcpermit.summary import summary_of
from dcpermit.tablefile import kinds_of


@frozen
class Setting:
    """
    The law and the lands as paths, so that every worker opens its own.

    Attributes:
        day: The day whose law is read.
        reading: The reading.
        law: A folder of law tables; None for those that ship.
        lands: A folder of sources or a prepared store; None for those that ship.
    """

    day: date
    reading: str
    law: str | None = None
    lands: str | None = None

    def open(self) -> tuple[Law, Lands]:
        """The law and the lands, opened once in a process."""
        return _opened(self)


@lru_cache(maxsize=2)
def _opened(setting: Setting) -> tuple[Law, Lands]:
    lands = Lands.open(setting.lands) if setting.lands else Lands.open()
    return Law.on(setting.day, setting.reading, setting.law), lands


@frozen(eq=False)
class Block:
    """
    Some rows of a list, on the way to a worker.

    Attributes:
        setting: The law and the lands.
        chunk: The rows, which the worker reads.
        named: Whether the table says which list a row is of.
        whole: Whether each determination is written in full.
        rows: How many rows the list has.
    """

    setting: Setting
    chunk: Chunk
    named: bool = False
    whole: bool = False
    rows: int = 0


def work(block: Block) -> Part:
    """Screens the rows of a block."""
    law, lands = block.setting.open()
    with of_run(block.rows):
        batch = screen_batch(block.chunk.read(), law, lands)
    table = batch.to_frame()
    if block.named:
        table = table.assign(file=batch.source)
    problems = problem_table(batch.problems)
    every = (batch.determination(int(row)).to_dict() for row in table["row"])
    determinations = _lines(every) if block.whole else b""
    summary = summary_of(batch.rows, table, problems)
    return Part.of(table, problems, kinds_of(table), summary, determinations, named_campus(batch.frame))


def _lines(determinations: Iterable[dict[str, Any]]) -> bytes:
    """Determinations, a line of JSON each, packed with gzip: one of them is half a megabyte, and a block has many."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as file:
        for one in determinations:
            file.write(json.dumps(one, ensure_ascii=False, allow_nan=False).encode() + b"\n")
    return packed.getvalue()
