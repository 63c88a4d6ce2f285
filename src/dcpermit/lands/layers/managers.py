"""Who manages land and what kind of boundary surrounds it: the codes, and what each lets a map say."""

from __future__ import annotations

from collections.abc import Set

DEPARTMENTS = {
    "DOI": ("BLM", "NPS", "FWS", "USBR", "BIA", "BOEM", "OSMRE"),
    "USDA": ("USFS", "ARS", "NRCS", "USDA_OTHER"),
    "DOD": ("DOD", "USACE"),
    "DOE": ("DOE", "BPA", "WAPA", "SWPA", "SEPA"),
    "DHS": ("USCG",),
    "DOC": ("NOAA",),
    "DOT": ("FAA", "DOT"),
    "VA": ("VA",),
    "HHS": ("HHS",),
    "DOJ": ("BOP",),
    "INDEPENDENT": ("TVA", "GSA", "NASA", "USPS", "OTHER_FED"),
    "NONE": ("TRIBE", "ANCSA", "STATE", "LOCAL", "DISTRICT", "NGO", "PRIVATE"),
    "UNKNOWN": ("UNKNOWN",),
}
DEPARTMENT_OF = {code: department for department, codes in DEPARTMENTS.items() for code in codes}
NAMES = {
    "BLM": "Bureau of Land Management",
    "NPS": "National Park Service",
    "FWS": "Fish and Wildlife Service",
    "USBR": "Bureau of Reclamation",
    "BIA": "tribal trust and restricted land (Bureau of Indian Affairs)",
    "BOEM": "Bureau of Ocean Energy Management",
    "OSMRE": "Office of Surface Mining Reclamation and Enforcement",
    "USFS": "Forest Service",
    "ARS": "Agricultural Research Service",
    "NRCS": "Natural Resources Conservation Service",
    "USDA_OTHER": "other agencies of the Department of Agriculture",
    "DOD": "military departments",
    "USACE": "Corps of Engineers",
    "DOE": "Department of Energy",
    "BPA": "Bonneville Power Administration",
    "WAPA": "Western Area Power Administration",
    "SWPA": "Southwestern Power Administration",
    "SEPA": "Southeastern Power Administration",
    "USCG": "Coast Guard",
    "NOAA": "National Oceanic and Atmospheric Administration",
    "FAA": "Federal Aviation Administration",
    "DOT": "Department of Transportation",
    "VA": "Department of Veterans Affairs",
    "HHS": "Department of Health and Human Services",
    "BOP": "Bureau of Prisons",
    "TVA": "Tennessee Valley Authority",
    "GSA": "General Services Administration",
    "NASA": "NASA",
    "USPS": "Postal Service",
    "OTHER_FED": "other federal agencies",
    "TRIBE": "a tribe",
    "ANCSA": "an Alaska Native corporation",
    "STATE": "a state or territory",
    "LOCAL": "a county or city",
    "DISTRICT": "a special district",
    "NGO": "a private conservation body",
    "PRIVATE": "private owners",
    "UNKNOWN": "not said",
}
"""What each manager is called."""

COLOURS = {
    "BLM": "#c59b08",
    "USFS": "#2e7d32",
    "NPS": "#7b3fa0",
    "FWS": "#00838f",
    "USBR": "#3f6fb5",
    "DOD": "#c2185b",
    "USACE": "#ad5a7d",
    "DOE": "#d4570a",
    "BIA": "#8d5a2b",
    "TRIBE": "#8d5a2b",
    "STATE": "#4a7fc1",
}
"""A colour for each manager on a map, of those that hold most."""

CATCH_ALL = {
    "OTHER_FED": frozenset(DEPARTMENT_OF) - {*DEPARTMENTS["NONE"], "UNKNOWN", "BIA"},
    "USDA_OTHER": frozenset(DEPARTMENTS["USDA"]),
}
"""Words of a source for what it does not tell apart: they contradict none of these."""

TRIBAL = frozenset({"BIA", "TRIBE"})
FEDERAL = frozenset(code for code, department in DEPARTMENT_OF.items() if department not in ("NONE", "UNKNOWN")) - {
    "BIA"
}

LANDED = tuple(code for code in DEPARTMENT_OF if (code in FEDERAL or code == "BIA") and code not in ("BOEM", "OSMRE"))
"""The federal and tribal managers whose land is looked for; two bureaus have charge of minerals and mines alone."""

STATISTICAL_KINDS = frozenset({"statistical"})
CONTEXT_KINDS = frozenset({"statistical", "census", "cartographic", "easement", "marine"})
GROSS_KINDS = frozenset({"administrative", "proclamation", "reservation", "designation", "landmark"})
EXACT_KINDS = frozenset({"fee", "surface_management", "site", "trust_tract"})

KINDS = tuple(sorted(CONTEXT_KINDS | GROSS_KINDS | EXACT_KINDS))
KIND_WORDS = {
    "administrative": "administrative boundary",
    "cartographic": "outline of a general map",
    "census": "outline of a census",
    "designation": "boundary of a designation",
    "easement": "easement on others' land",
    "fee": "land held in fee",
    "landmark": "outline of a landmark",
    "marine": "marine area",
    "proclamation": "proclaimed boundary",
    "reservation": "boundary of a reservation",
    "site": "outline of a site",
    "statistical": "statistical area",
    "surface_management": "land by who manages its surface",
    "trust_tract": "tract held in trust",
}
"""What each kind of boundary is called."""

GRADE_WORDS = {
    "managed": "ground inside it is the manager's",
    "outer_boundary": "a gross boundary: it encloses other people's land too",
    "hint": "a hint only: something of the kind is near",
}
"""What each grade lets a map say."""

GRADES = ("managed", "outer_boundary", "hint")

CONSTRAINTS = (
    "wetland", "flood_zone", "critical_habitat", "sole_source_aquifer", "historic_place", "deepwater",
)  # fmt: skip
"""What a layer of constraints may map; deepwater is told apart from wetland, and no selection of the law means it."""
SURE_FLAGS = frozenset({"wilderness", "wsa"})


def grade_of(kind: str, manager: str, flags: Set[str]) -> str:
    """
    How much a boundary of this kind lets a map say of the land inside it.

    Fee, surface management, a base or a laboratory site and wilderness make land the manager's. A gross boundary
    encloses other people's land too, and a landmark of the map of bases may be a base long closed. A census or
    cartographic outline is only a hint, and so is whatever nobody is known to manage.

    Args:
        kind: The kind of boundary, as in the normalised schema.
        manager: The manager's code.
        flags: The unit's flags.

    Returns:
        ``managed``, ``outer_boundary`` or ``hint``.
    """
    if manager == "UNKNOWN" or manager not in DEPARTMENT_OF:
        return "hint"
    if kind in EXACT_KINDS:
        return "managed"
    if kind not in GROSS_KINDS:
        return "hint"
    return "managed" if kind != "reservation" and manager in FEDERAL and flags & SURE_FLAGS else "outer_boundary"
