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

STATISTICAL_KINDS = frozenset({"statistical"})
CONTEXT_KINDS = frozenset({"statistical", "census", "cartographic", "easement", "marine"})
GROSS_KINDS = frozenset({"administrative", "proclamation", "reservation", "designation", "landmark"})
EXACT_KINDS = frozenset({"fee", "surface_management", "site", "trust_tract"})

KINDS = tuple(sorted(CONTEXT_KINDS | GROSS_KINDS | EXACT_KINDS))
GRADES = ("managed", "outer_boundary", "hint")
SURE_FLAGS = frozenset({"wilderness", "wsa"})


def grade_of(kind: str, manager: str, flags: Set[str], in_designation: Set[str] = frozenset()) -> str:
    """
    How much a boundary of this kind lets a map say of the land inside it.

    Fee, surface management, a base or a laboratory site and wilderness make land the manager's. A gross boundary
    encloses other people's land too, and a landmark of the map of bases may be a base long closed. A census or
    cartographic outline is only a hint, and so is whatever nobody is known to manage.

    Args:
        kind: The kind of boundary, as in the normalised schema.
        manager: The manager's code.
        flags: The unit's flags.
        in_designation: Flags that make a designation the manager's land, beside wilderness.

    Returns:
        ``managed``, ``outer_boundary`` or ``hint``.
    """
    if manager == "UNKNOWN" or manager not in DEPARTMENT_OF:
        return "hint"
    if kind in EXACT_KINDS:
        return "managed"
    if kind not in GROSS_KINDS:
        return "hint"
    sure = SURE_FLAGS | (in_designation if kind == "designation" else frozenset())
    return "managed" if kind != "reservation" and manager in FEDERAL and flags & sure else "outer_boundary"
