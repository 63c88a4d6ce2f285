"""One or several batches as one table, and what a report says beside it."""

from collections.abc import Sequence
from typing import Any

import geopandas
import pandas as pd

from dcpermit.findings import NOTICE
from dcpermit.intake.read import RowProblem
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.screening import Batch, problem_table
from dcpermit.version import VERSION


def joined(batches: Sequence[Batch], unread: Sequence[RowProblem] = ()) -> tuple[geopandas.GeoDataFrame, pd.DataFrame]:
    """The tables and the problems of some batches, one under the other; with several, the file is a column."""
    tables = [batch.to_frame() for batch in batches]
    if len(batches) > 1:
        tables = [table.assign(file=batch.source) for table, batch in zip(tables, batches, strict=True)]
    problems = problem_table([*unread, *(problem for batch in batches for problem in batch.problems)])
    return geopandas.GeoDataFrame(pd.concat(tables, ignore_index=True), crs="EPSG:4326"), problems


def report_parts(batches: Sequence[Batch]) -> dict[str, Any]:
    """What ``write_report`` shows beside the table: the basis, the notice, and the questions in words."""
    return basis_parts(batches[0].law, batches[0].lands)


def basis_parts(law: Law, lands: Lands | None) -> dict[str, Any]:
    """The same, of the law read and the map asked."""
    basis = {
        "Law of": law.day.isoformat(),
        "Reading": law.reading,
        "Law tables": f"{law.digest[:16]}, known to {law.tables.known_to}",
    }
    for source in lands.sources if lands else ():
        basis[source.title] = f"{source.publisher}; {source.vintage}; {source.sha256[:16]}"
    basis |= {"Version": f"dcpermit {VERSION}"}
    basis |= {f"Warning {place}": text for place, text in enumerate(law.warnings, 1)}
    return {
        "basis": basis,
        "notice": NOTICE,
        "questions": {fact.name: f"{fact.asks()} ({fact.asked_of})" for fact in law.facts.values()},
    }
