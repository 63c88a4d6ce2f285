"""How a determination shows itself: in text, as a frame, on a map, as a page, and beside another."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dcpermit.card import asked, nepa, proofs, rests, verdicts
from dcpermit.contrast import Contrast, flat, lines
from dcpermit.errors import InputError, Problem
from dcpermit.expression.nodes import Fact
from dcpermit.findings import Basis, Finding, LandAnswer, Nepa, land
from dcpermit.lands.explore import explore_site
from dcpermit.lands.lands import Lands
from dcpermit.lands.plot import around, draw_site
from dcpermit.law.law import Law
from dcpermit.project import Project
from dcpermit.show.html import Html, fold, fragment, tag
from dcpermit.site import Site

WHEN_NOT_IN_FORCE = ("eo14318.qualifying_project",)
"""Findings that are shown even where their law was not in force, since readers look for them first."""


class Shown:
    """What a determination is shown by; ``Determination`` has it, and says what each of these is."""

    __slots__ = ()

    project: Project
    day: date
    reading: str
    findings: Mapping[str, Finding]
    lands: LandAnswer
    nepa: Nepa
    nepa_level: tuple[str, str]
    asks: tuple[Fact, ...]
    problems: tuple[Problem, ...]
    basis: Basis
    law: Law
    map: Lands | None

    def compare(self, other: "Shown") -> Contrast:
        """What this and another determination have otherwise: what was said, what is found, and what is asked."""
        here, there = (
            {**flat(one.project.to_data()), "law day": str(one.day), "reading": one.reading, **_tables(one.basis)}
            for one in (self, other)
        )
        found = (_outcomes(one) for one in (self, other))
        asks = ({fact.name: f"ask {fact.asked_of}" for fact in one.asks} for one in (self, other))
        return Contrast(lines(here, there), lines(*found), lines(*asks))

    def to_frame(self) -> pd.DataFrame:
        """
        The findings, one a row.

        Returns:
            ``id``, ``title``, ``kind``, ``outcome``, ``indicated``, ``contested``, an ``outcome.READING`` for every
            reading, ``instrument``, ``pinpoint``, and ``questions`` (names of facts, ``;`` between).
        """
        return pd.DataFrame([self._row(one) for one in self.findings.values()])

    def _row(self, one: Finding) -> dict[str, Any]:
        row = one.provision
        return {
            "id": one.id,
            "title": one.title,
            "kind": "" if row is None else row.kind,
            "outcome": one.state,
            "indicated": one.state if one.indicated is None else one.indicated.name,
            "contested": one.contested,
            **{f"outcome.{name}": one.by_reading[name].name if row else one.state for name in self.law.readings},
            "instrument": "" if row is None else row.citation.instrument,
            "pinpoint": "" if row is None else row.citation.pinpoint,
            "questions": ";".join(fact.name for fact in one.asks),
        }

    def plot(self, ax: Any = None, reach_km: float = 25.0) -> Any:
        """
        Draws the site over the land around it with matplotlib.

        Args:
            ax: The axes to draw on; None makes a figure.
            reach_km: From the site to the edge of what is drawn [km].

        Returns:
            The axes, in longitude and latitude [degree].

        Raises:
            InputError: matplotlib is not installed, no place is known, or it was screened without lands.
        """
        site, lands = self._placed()
        drawn = lands.plot(ax, around(site.geometry, reach_km))
        draw_site(drawn, site.geometry, site.accuracy_m, f"The land around {self._head}")
        return drawn

    def explore(self, tiles: bool = False) -> Any:
        """
        The site with the land around it on a map to be moved and enlarged.

        Args:
            tiles: Whether over the tiles of a map service, which asks a network; else nothing does.

        Returns:
            A map that a notebook shows; ``to_file`` writes it as a page. With tiles, a map of folium.

        Raises:
            InputError: No place is known, it was screened without lands, or the extra ``explore`` is not installed,
                which tiles need.
        """
        site, lands = self._placed()
        return explore_site(lands, site.geometry, site.accuracy_m, f"The land around {self._head}", tiles)

    def _placed(self) -> tuple[Site, Lands]:
        """The site and the map. Raises InputError where there is nothing to draw."""
        if self.project.site is None:
            raise InputError.at("site", "no place is known, so there is none to draw", "give a site", "no_place")
        if self.map is None:
            raise InputError.at(
                "lands", "it was screened without lands", "write screen(project, law, lands)", "no_lands"
            )
        return self.project.site, self.map

    def _map(self) -> Html | str:
        """The site on a map, folded; nothing where there is none to draw."""
        if self.project.site is None or self.map is None:
            return ""
        return fold("Map of the land around the site", Html(self.explore()._repr_html_()), open=True)

    @property
    def _head(self) -> str:
        return self.project.name or self.project.id or "Project"

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that stand for themselves, some of them even where their law was not in force."""
        return tuple(one for one in self.findings.values() if shown_as(one, "status"))

    def __repr__(self) -> str:
        said = ", ".join(f"{one.id} {one.state}" for one in self.standing)
        return f"<Determination of {self._head} on the law of {self.day}: {said}>"

    def __str__(self) -> str:
        width = max(map(len, ("NEPA level", *(one.title for one in self.standing))))
        rows = [(one.title, one.summary()) for one in self.standing] + [("NEPA level", _level(self))]
        said = [f"  {title:<{width}}  {text}" for title, text in rows]
        asks = [f"  ask first: {fact.name}, of {fact.asked_of}" for fact in self.asks[:1]]
        return "\n".join([f"{self._head}, law of {self.day}, reading {self.reading}", *said, *asks])

    def _repr_html_(self) -> str:
        about = f"Screened on the law of {self.day}, reading {self.reading}."
        noticed = [one for one in self.problems if one.path == "federal_actions"]
        return fragment(
            tag("h3", self._head),
            tag("p", about, class_="dc-note"),
            verdicts(self.standing),
            proofs(self.standing),
            tag("h4", "To find out next"),
            asked(self.asks),
            tag("h4", "Land"),
            land(self.lands),
            self._map(),
            tag("h4", "NEPA"),
            nepa(self.nepa, self.nepa_level, noticed),
            rests(self.basis, self.problems),
        )


def _outcomes(one: Shown) -> dict[str, str]:
    """What is found, by provision id; what stands for itself first."""
    standing = {found.id: found.state for found in one.standing}
    return {**standing, "NEPA level": _level(one), **{id: found.state for id, found in one.findings.items()}}


def _level(one: Shown) -> str:
    low, high = one.nepa_level
    return low if low == high else f"{low} to {high}"


def _tables(basis: Basis) -> dict[str, str]:
    """The digests of what was read, in short."""
    return {"law tables": basis.law_digest[:12], "land sources": basis.lands_digest[:12]}


def shown_as(finding: Finding, kind: str) -> bool:
    """Whether a finding stands for itself in a text: one of that kind, or one whose law was not in force."""
    if finding.provision is None:
        return finding.id in WHEN_NOT_IN_FORCE
    return finding.provision.kind == kind
