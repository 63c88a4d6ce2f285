"""One or several batches as one table, and what a report says beside it."""

from collections.abc import Sequence
from typing import Any

import geopandas
import pandas as pd

from dcpermit.findings import NOTICE
from dcpermit.intake.chunks import RowProblem
from dcpermit.lands.lands import Lands
from dcpermit.lands.tracts import tracts
from dcpermit.law.law import Law
from dcpermit.report.basis import basis_of
from dcpermit.report.reasons import reasons_of
from dcpermit.report.rows import MOST_ROWS
from dcpermit.screening import Batch, problem_table

PRINTED = ("text", "The words of the law as they are printed.")
"""The reading that no table declares."""


def joined(batches: Sequence[Batch], unread: Sequence[RowProblem] = ()) -> tuple[geopandas.GeoDataFrame, pd.DataFrame]:
    """The tables and the problems of some batches, one under the other; with several, the file is a column."""
    tables = [batch.to_frame() for batch in batches]
    if len(batches) > 1:
        tables = [table.assign(file=batch.source) for table, batch in zip(tables, batches, strict=True)]
    problems = problem_table([*unread, *(problem for batch in batches for problem in batch.problems)])
    return geopandas.GeoDataFrame(pd.concat(tables, ignore_index=True), crs="EPSG:4326"), problems


def report_parts(batch: Batch) -> dict[str, Any]:
    """What ``write_report`` shows beside a batch's table: reasons, campuses, basis, notice, and the questions."""
    reasons = reasons_of([batch.frame.head(MOST_ROWS)], batch.law, batch.lands)
    return basis_parts(batch.law, batch.lands) | {"reasons": reasons, "campuses": batch.campuses()}


def basis_parts(law: Law, lands: Lands | None) -> dict[str, Any]:
    """What a report shows whatever the list: basis, notice, the questions, and the land of the map asked."""
    return {
        "basis": basis_of(law, lands),
        "notice": NOTICE,
        "questions": law.facts,
        "readings": (PRINTED, *((one.name, one.says) for one in law.tables.readings)),
        "land": tracts(lands) if lands else (),
    }
