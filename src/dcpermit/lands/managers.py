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
TRIBAL = frozenset({"BIA", "TRIBE"})
FEDERAL = frozenset(code for code, department in DEPARTMENT_OF.items() if department not in ("NONE", "UNKNOWN")) - {
    "BIA"
}

# What other layers call the same managers: PAD-US, the Surface Management Agency layer, National Atlas.
ALSO_CALLED = {
    "BOR": "USBR", "FS": "USFS", "AF": "DOD", "USAF": "DOD", "ARMY": "DOD", "NAVY": "DOD", "USMC": "DOD",
    "TRIB": "TRIBE", "NTVPIC": "ANCSA", "NTVALL": "ANCSA", "OTHF": "OTHER_FED", "OTHFE": "OTHER_FED",
    "DOI": "OTHER_FED", "FHA": "OTHER_FED", "DOL": "OTHER_FED", "MWAA": "OTHER_FED", "USDA": "USDA_OTHER",
    "DOC": "NOAA", "DOJ": "BOP", "ST": "STATE", "SPR": "STATE", "SDC": "STATE", "SLB": "STATE",
    "SFW": "STATE", "SDNR": "STATE", "SDOL": "STATE", "OTHS": "STATE", "LG": "LOCAL", "CITY": "LOCAL",
    "CNTY": "LOCAL", "UNKL": "LOCAL", "REG": "DISTRICT", "PVT": "PRIVATE", "UND": "UNKNOWN",
    "UNK": "UNKNOWN", "JNT": "UNKNOWN", "DESG": "UNKNOWN", "N/A": "UNKNOWN", "": "UNKNOWN",
}  # fmt: skip

# PAD-US's own words for the kinds of boundary.
KIND_ALSO_CALLED = {
    "Fee": "fee", "Designation": "designation", "Easement": "easement", "Proclamation": "proclamation",
    "Marine": "marine",
}  # fmt: skip
STATISTICAL_KINDS = frozenset({"statistical"})
CONTEXT_KINDS = frozenset({"statistical", "census", "cartographic", "easement", "marine"})
GROSS_KINDS = frozenset({"administrative", "proclamation", "reservation", "designation", "landmark"})
EXACT_KINDS = frozenset({"fee", "surface_management", "site", "trust_tract"})

DESIGNATION_FLAGS = {
    "WA": "wilderness", "Wilderness": "wilderness", "National Wilderness Area": "wilderness",
    "WSA": "wsa", "Wilderness Study Area": "wsa", "NM": "monument", "National Monument": "monument",
    "NWR": "refuge", "National Wildlife Refuge": "refuge", "Waterfowl Production Area": "refuge",
    "NP": "park", "National Park": "park", "ACEC": "acec", "IRA": "roadless", "WSR": "wild_scenic",
    "MIL": "military", "Military Installation": "military", "Military Range": "military",
}  # fmt: skip


def manager_code(text: str) -> str:
    """The code of a manager as any of the layers writes it; unknown text is kept as it is."""
    return ALSO_CALLED.get(text, text)


def grade_of(kind: str, manager: str, flags: Set[str]) -> str:
    """
    How much a boundary of this kind lets a map say of the land inside it.

    Fee, surface management, a laboratory site and wilderness make land the manager's. A gross boundary encloses
    other people's land too, and a landmark of the map of bases may be a base long closed. A census or
    cartographic outline is only a hint.

    Args:
        kind: The kind of boundary, as in the normalised schema.
        manager: The manager's code.
        flags: The unit's flags.

    Returns:
        ``managed``, ``outer_boundary`` or ``hint``.
    """
    if kind in EXACT_KINDS:
        return "managed"
    if kind not in GROSS_KINDS:
        return "hint"
    sure = {"wilderness", "wsa"} | ({"park"} if kind == "designation" else set())
    return "managed" if kind != "reservation" and manager in FEDERAL and flags & sure else "outer_boundary"
