"""One determination on its way into the federal permitting data standard, entity by entity."""

import json
from collections.abc import Iterator

import attrs
from attrs import frozen
from shapely.geometry import mapping

from dcpermit.determination import Determination
from dcpermit.findings import ActionReview, Finding, NepaPath, Proposal
from dcpermit.outcome import Outcome
from dcpermit.project import Project
from dcpermit.record import RECORD
from dcpermit.report.criteria import WORDS, Criterion, Row
from dcpermit.report.standard import STANDARD

LEVELS = tuple(STANDARD["entity"]["process"]["listed"]["process_type"])
"""The levels of review that a process may be, least first."""

STATUSES = tuple(STANDARD["entity"]["project"]["listed"]["current_status"])
"""The phases that a project may be in."""

OURS = "dcpermit"
"""Under which name of ``other`` our own facts stand."""

CARRIED = ("id", "name", "sponsor", "site")
"""The fields of a project that the standard has fields for, whatever they say."""


@frozen
class Run:
    """
    One determination on its way into a file.

    Attributes:
        found: The determination.
        key: The key of its project, which no other of the file has.
        number: The number of its project's row, from 1.
    """

    found: Determination
    key: str
    number: int

    @property
    def edition(self) -> str:
        """The law read: its day and the beginning of its digest."""
        return f"{self.found.day}.{self.found.basis.law_digest[:8]}"

    @property
    def came_from(self) -> Row:
        """Which system the record came from, and on which law and lands it rests."""
        basis = self.found.basis
        return {
            "data_source_system": f"dcpermit {basis.version}",
            "data_record_version": f"law {basis.law_digest}, lands {basis.lands_digest or 'not asked'}",
        }

    def project(self) -> Row:
        """The project; what the standard has no field for stands under ``other``."""
        given = self.found.project
        agencies = sorted({one.agency for one in self.found.nepa.proposals if one.agency})
        where = ", ".join(part for part in (given.county, given.state) if part)
        facts = {name: value for name, value in given.to_data().items() if name not in CARRIED}
        if given.id != self.key:
            facts["id"] = given.id
        made: Row = {
            "id": self.number,
            "project_id": self.key,
            "project_title": given.name or WORDS["unstated"],
            "project_description": _described(given),
            "project_sector": WORDS["sector"],
            "project_sponsor": {"name": given.sponsor or WORDS["unstated"]},
            "lead_agency": agencies[0] if len(agencies) == 1 else WORDS["no_lead"],
            "participating_agencies": agencies,
            "location": {"description": where or WORDS["unstated"]},
        }
        if given.kind in STANDARD["project_type"]:
            made["project_type"] = STANDARD["project_type"][facts.pop("kind")]
        if given.status in STATUSES:
            made["current_status"] = facts.pop("status")
        if self.found.nepa.lead:
            made["notes"] = self.found.nepa.lead
        if given.site:
            middle = given.site.geometry.centroid
            made |= {"location_lat": middle.y, "location_lon": middle.x}
            made["location"]["description"] = where or f"latitude {middle.y}, longitude {middle.x}"
            made["location"]["gis_reference"] = f"{self.key}/footprint"
            if given.site.position_accuracy:
                facts["site"] = {"position_accuracy": str(given.site.position_accuracy)}
        low, high = self.found.nepa_level
        return {**made, **self.came_from, "other": {OURS: {"facts": facts, "nepa_level": {"low": low, "high": high}}}}

    def reviews(self) -> Iterator[tuple[str, Proposal]]:
        """What each agency decides together, and the key of its process; none where no review is needed."""
        for number, one in enumerate(self.found.nepa.proposals, 1):
            if one.level_low in LEVELS or one.level_high in LEVELS:
                yield f"{self.key}/review-{number}", one

    def processes(self) -> Iterator[Row]:
        """The screening itself, and a planned review for what each agency decides together."""
        basis = self.found.basis
        yield {
            "process_id": f"{self.key}/screening",
            "project_id": self.key,
            "process_type": WORDS["screening"],
            "process_status": WORDS["done"],
            "lead_agency": WORDS["no_lead"],
            "description": f"Screened on the law of {self.found.day}, reading {self.found.reading}.",
            "process_model_id": WORDS["screening"],
            **self.came_from,
            "other": {"basis": RECORD.unstructure(basis)},
        }
        for key, one in self.reviews():
            settled = one.level_low == one.level_high
            actions = [self.found.nepa.actions[place] for place in one.actions]
            level = one.level_low if settled else f"{one.level_low} to {one.level_high}"
            told = [{"action": each.action.to_data(), "implied": each.implied, "why": each.why} for each in actions]
            yield {
                "process_id": key,
                "project_id": self.key,
                "process_type": one.level_low if settled else WORDS["unsettled"],
                "process_status": WORDS["planned"],
                "lead_agency": one.agency or WORDS["no_lead"],
                "description": "; ".join(each.name for each in actions),
                "notes": f"Level of review by this screening: {level}. The agency decides it.",
                "process_model_id": None,
                **self.came_from,
                "other": {
                    "level_low": one.level_low,
                    "level_high": one.level_high,
                    "actions": told,
                    "exclusions": list(one.exclusions),
                },
            }

    def gis_data(self) -> Iterator[Row]:
        """The footprint, and each layer that was asked about it."""
        site = self.found.project.site
        if site:
            west, south, east, north = site.geometry.bounds
            middle = site.geometry.centroid
            lands = RECORD.unstructure(self.found.lands)
            yield {
                "gis_id": f"{self.key}/footprint",
                "parent_project_id": self.number,
                "description": "The site as given.",
                "centroid_latitude": middle.y,
                "centroid_longitude": middle.x,
                "container_inventory": {
                    "format": WORDS["format"],
                    "access_method": WORDS["access"],
                    "coordinate_system": WORDS["crs"],
                    "bounding_box": {"north": north, "south": south, "east": east, "west": west},
                    "purpose": WORDS["footprint"],
                },
                "data_container": json.loads(json.dumps(mapping(site.geometry))),
                **self.came_from,
                "other": {key: lands[key] for key in ("overlaps", "coverage", "nearest", "land_class")},
            }
        for title, vintage, digest in self.found.basis.sources:
            yield {
                "gis_id": f"layer/{digest}",
                "description": title,
                "notes": f"edition: {vintage}",
                "container_inventory": {"purpose": WORDS["layer"]},
                "other": {"sha256": digest},
            }

    def criteria(self) -> Iterator[Criterion]:
        """Every provision that has an answer or that a way through NEPA rests on."""
        for one in self.found.findings.values():
            if row := one.provision:
                category = STANDARD["category"].get(row.kind, row.kind)
                yield Criterion(row.id, self.edition, row.title, row.says, str(row.citation), category, row)
        held = {id for id, one in self.found.findings.items() if one.provision}
        for _, _, way in self.ways():
            if way.provision and way.provision not in held:
                says = f"{way.title} ({way.citation})"
                kind = STANDARD["category"]["exclusion"] if way.level == LEVELS[0] else "route"
                yield Criterion(way.provision, self.edition, way.title, says, way.citation, kind)

    def ways(self) -> Iterator[tuple[str, ActionReview, NepaPath]]:
        """Every way through NEPA, with its action and the key of the process that it belongs to."""
        process = {place: key for key, one in self.reviews() for place in one.actions}
        for place, action in enumerate(self.found.nepa.actions):
            for way in action.paths:
                yield process.get(place, f"{self.key}/screening"), action, way

    def payloads(self) -> Iterator[Row]:
        """Every finding, and every way through NEPA of every action."""
        for one in self.found.findings.values():
            yield self.finding(one)
        for number, (process, action, way) in enumerate(self.ways(), 1):
            known = bool(way.provision)
            yield {
                **self.answer(process, f"way-{number}", way.provision if known else None),
                "response": way.title or way.outcome.replace("_", " "),
                "result": way.outcome,
                "result_bool": STANDARD["result_of_path"].get(way.outcome),
                "result_notes": way.note or way.citation,
                "result_data": {"action": action.name, **RECORD.unstructure(way)},
            }

    def finding(self, one: Finding) -> Row:
        """A finding as an answer: yes, no, or null where the facts leave it open or the law was not in force."""
        facts = {
            part.fact: part.note for _, part in (one.proof.lines() if one.proof else ()) if part.fact and part.note
        }
        return {
            **self.answer(f"{self.key}/screening", one.id, one.id if one.provision else None),
            "payload_data": facts,
            "data_description": WORDS["facts"],
            "response": one.summary(),
            "result": STANDARD["result"][one.state],
            "result_bool": None if one.outcome in (None, Outcome.UNKNOWN) else one.outcome is Outcome.MEETS,
            "result_notes": one.explain(),
            "result_data": {"provision": one.id, **RECORD.unstructure(one)},
        }

    def answer(self, process: str, name: str, provision: str | None) -> Row:
        """What every answer begins with: its key, what it belongs to, and who gave it."""
        return {
            "decision_payload_id": f"{process}/{name}",
            "process_id": process,
            "project_id": self.key,
            "decision_element_id": provision and f"{provision}@{self.edition}",
            "result_source": f"dcpermit {self.found.basis.version}, law of {self.found.day}, {self.found.reading}",
            **self.came_from,
        }


def _described(project: Project) -> str:
    """What is proposed, in a line of what was said."""
    parts = [STANDARD["project_type"].get(project.kind, project.kind) or "project"]
    loads = {one.name: getattr(project.load, one.name) for one in attrs.fields(type(project.load))}
    parts += [f"{name.replace('_', ' ')} load {span}" for name, span in loads.items() if span]
    parts += [f"for {', '.join(project.ai_uses)}"] if project.ai_uses else []
    said = ", ".join(parts)
    return said[0].upper() + said[1:]
