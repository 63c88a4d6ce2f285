"""
Takes the wilderness polygons of Colorado and Utah out of the source archive of Fiona 1.10.1, for demonstration.

    python scripts/build_wilderness.py fiona-1.10.1.tar.gz

The archive is the one the package index holds for that release; it is read as it is, and must be that very file. What
comes out is the layer's four files in one archive that is the same however often it is made, and its notice.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path

SHA256 = "b00ae357669460c6491caba29c2022ff0acfcbde86a95361ea8ff5cd14a86b68"
INSIDE = "fiona-1.10.1/tests/data"
LAYER = "coutwildrnp"
TARGET = Path(__file__).parent.parent / "data" / "federal_lands" / "wilderness_co_ut"


def packed(archive: bytes) -> tuple[bytes, str]:
    """The layer as one archive, and its notice, from the bytes of the source archive."""
    found = hashlib.sha256(archive).hexdigest()
    if found != SHA256:
        sys.exit(f"SHA-256 is {found}, but the archive of Fiona 1.10.1 has {SHA256}")
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for suffix in ("dbf", "prj", "shp", "shx"):
            name = f"{LAYER}.{suffix}"
            target.writestr(zipfile.ZipInfo(name), _member(source, name), zipfile.ZIP_DEFLATED)
        notice = _member(source, "LICENSE.txt").decode()
    return out.getvalue(), notice


def _member(source: tarfile.TarFile, name: str) -> bytes:
    file = source.extractfile(f"{INSIDE}/{name}")
    assert file is not None
    return file.read()


def main() -> None:
    """Write the layer and its notice where the source is."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    layer, notice = packed(Path(sys.argv[1]).read_bytes())
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / f"{LAYER}.zip").write_bytes(layer)
    (TARGET / "NOTICE.txt").write_text(notice, encoding="utf-8")


if __name__ == "__main__":
    main()
