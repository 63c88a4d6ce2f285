"""What a fuzz session once found stays mended; each seed is small, and made by the session itself."""

from pathlib import Path

import grow
import pytest
from checks import check

SEEDS = sorted(path for path in (Path(__file__).parent / "seeds").iterdir() if path.suffix != ".md")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_finding_stays_mended(path: Path) -> None:
    check(path.stem, path.read_bytes())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", grow.made())
def test_what_a_session_begins_with_can_be_read(suffix: str) -> None:
    for content in grow.made()[suffix]:
        assert check(f"files-{suffix}", content, whole=False)
