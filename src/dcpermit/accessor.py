"""Frames of projects that screen themselves: ``frame.dcpermit.screen(law, lands)``."""

import pandas as pd

from dcpermit.frame import checked, from_row, placed
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.project import Project
from dcpermit.screening import Batch, screen_batch


@pd.api.extensions.register_dataframe_accessor("dcpermit")
class Frame:
    """
    A frame of projects, one a row, with the unit in each measure's column name (``new_load_mw``).

    Places are the frame's geometry, or its ``lat`` and ``lon`` [degrees, WGS 84]. A column left out says nothing of any
    project. Taken from ``dcpermit``, ``Law``, ``Lands``, ``screen`` or ``screen_batch`` bring this accessor along;
    ``import dcpermit.accessor`` brings it by itself, and ``import dcpermit`` alone does not load pandas.

    Example:
        >>> table = pd.DataFrame({"name": ["Edge", "Mesa"], "new_load_mw": [48.0, 180.0]})
        >>> table.dcpermit.screen(Law.on("2026-11-21")).counts("eo14318.load")
        {'FAILS': 1, 'MEETS': 1}
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def screen(self, law: Law, lands: Lands | None = None) -> Batch:
        """
        Screens the frame.

        Args:
            law: The law of a day: ``Law.on("2026-11-21")``.
            lands: The map: ``Lands.open()``. Without it, what the map would answer is UNKNOWN.

        Returns:
            The batch, which has an answer or a problem for every row.

        Raises:
            InputError: It is no frame of projects: a measure has no unit, a place no reference system.
        """
        return screen_batch(self._frame, law, lands)

    def projects(self, law: Law) -> tuple[Project, ...]:
        """
        The rows as projects.

        Args:
            law: The law, whose questions tell which columns are answers.

        Raises:
            InputError: It is no frame of projects.
        """
        frame = checked(placed(self._frame))
        answers = [name for name, fact in law.facts.items() if fact.answerable and name in frame]
        return tuple(from_row(frame, row, answers) for row in range(len(frame)))
