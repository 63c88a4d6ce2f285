"""Provisions as the federal permitting data standard has them: a legal structure, a decision element, a model."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen

from dcpermit.law.provision import Provision
from dcpermit.report.standard import STANDARD

Row = dict[str, Any]

WORDS: dict[str, str] = STANDARD["words"]
"""Our words where the standard asks for one."""

ONE_TEST = re.compile(r"(?P<fact>[a-z]\w*)(?: (?P<bound>(?:<=|>=|<|>) (?:(?! and | or )[^()])+))?")
"""An expression that is one comparison, or one yes/no fact."""


@frozen
class Criterion:
    """
    A provision in one edition of the law: what the standard splits into a legal structure and a decision element.

    Attributes:
        name: The provision's id.
        edition: The day of the law and the beginning of its digest, so that two editions never share a key.
        title: Its short name.
        says: What it asks, in words.
        citation: Where it stands.
        category: The standard's word for its kind.
        row: The provision; None where an answer names it and does not hold it.
    """

    name: str
    edition: str
    title: str
    says: str
    citation: str
    category: str
    row: Provision | None = None

    @property
    def id(self) -> str:
        """The key of its decision element."""
        return f"{self.name}@{self.edition}"

    @property
    def table(self) -> str:
        """The table of the law that it stands in."""
        return self.name.split(".", 1)[0]

    @property
    def model(self) -> str:
        """The key of the process model of its table."""
        return f"{self.table}@{self.edition}"

    @property
    def law_id(self) -> str:
        """The key of its legal structure."""
        return f"{self.citation}@{self.edition}"

    def law(self) -> Row:
        """The legal structure."""
        made = {"legal_structure_id": self.law_id, "title": self.title, "citation": self.citation}
        if self.row is None:
            return made
        url = {"url": self.row.citation.url} if self.row.citation.url else {}
        until = {"last_day": self.row.last_day.isoformat()} if self.row.last_day else {}
        return {
            **made,
            **url,
            "effective_date": self.row.first_day.isoformat(),
            "context": self.says,
            "compliance_data": {"verified": self.row.verified, **until},
        }

    def element(self) -> Row:
        """The decision element, with the printed text of its expression, which no reading changes."""
        made = {
            "decision_element_id": self.id,
            "process_model_id": self.model,
            "legal_structure_id": self.law_id,
            "element_title": self.title,
            "element_description": self.says,
            "category": self.category,
        }
        if self.row is None or not self.row.requires:
            return made
        requires = " ".join(self.row.requires.split())
        if one := None if self.row.unless else ONE_TEST.fullmatch(requires):
            made |= {"measure": one["fact"], "threshold": one["bound"]} if one["bound"] else {}
            made |= {} if one["bound"] else {"measure": WORDS["yes_no"], "threshold": WORDS["yes"]}
        readings = {",".join(sorted(names)): " ".join(text.split()) for names, text in self.row.readings.items()}
        other = {"requires": requires, "unless": " ".join(self.row.unless.split()), "readings": readings}
        return {**made, "evaluation_method": WORDS["method"], "other": {key: one for key, one in other.items() if one}}


def models(criteria: Iterable[Criterion]) -> Iterator[Row]:
    """The screening itself, and under it one model for each table of the law."""
    said = {"description": WORDS["description"]}
    yield {"process_model_id": WORDS["screening"], "name": WORDS["screening"], **said, "parent_model": None}
    for one in criteria:
        yield {
            "process_model_id": one.model,
            "name": one.table,
            **said,
            "parent_model": WORDS["screening"],
        }
