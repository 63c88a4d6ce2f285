"""What the answers of a report rest on, so that they can be found again."""

from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.version import VERSION


def basis_of(law: Law, lands: Lands | None) -> dict[str, str]:
    """What answers rest on, by name: the day, the reading, each source with its vintage, digests, the version."""
    basis = {
        "Law of": law.day.isoformat(),
        "Reading": law.reading,
        "Law tables": f"known to {law.tables.known_to}; SHA-256 {law.digest[:16]}…",
    }
    for source in lands.sources if lands else ():
        basis[source.title] = f"{source.publisher}; vintage {source.vintage}; SHA-256 {source.sha256[:16]}…"
    basis |= {"Version": f"dcpermit {VERSION}"}
    return basis | {f"Warning {place}": text for place, text in enumerate(law.warnings, 1)}
