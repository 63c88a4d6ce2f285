"""Every land source that ships has cases and answers as they say; another is one folder and one case."""

import pytest

from dcpermit.lands.lands import Lands, default_folder
from landcases import FOLDER, cases_of, check_case
from parcels import BLM, FOREST, write_source

SOURCES = sorted(folder.name for folder in default_folder().iterdir() if folder.is_dir())


@pytest.mark.parametrize("key", SOURCES)
def test_every_source_that_ships_answers_as_its_cases_say(key):
    lands = Lands.open(default_folder() / key)
    cases = cases_of(FOLDER / f"{key}.toml")
    for case in cases:
        try:
            check_case(lands, case)
        except AssertionError as error:
            raise AssertionError(f"{key}: {case['name']}") from error
    assert len(cases) >= 3


def test_adding_a_source_is_one_folder_and_one_case(tmp_path):
    sources, cases = tmp_path / "federal_lands", tmp_path / "lands"
    sources.mkdir()
    cases.mkdir()
    write_source(sources, BLM, FOREST)
    (cases / "parcels.toml").write_text(
        """
        [[case]]
        name = "on the parcel"
        lat = 40.5
        lon = -109.58
        certain = ["BLM"]
        never = ["USFS"]
        federal = "MEETS"
        coverage = 2

        [[case]]
        name = "beside both, where the source has every unit"
        lat = 40.9
        lon = -109.5
        never = ["BLM", "USFS"]
        federal = "FAILS"
        coverage = 2

        [[case]]
        name = "beyond it"
        lat = 40.5
        lon = -100.0
        federal = "UNKNOWN"
        coverage = 0
        """
    )
    lands = Lands.open(sources)
    for case in cases_of(cases / "parcels.toml"):
        check_case(lands, case)
    wrong = {**cases_of(cases / "parcels.toml")[0], "federal": "FAILS"}
    with pytest.raises(AssertionError):
        check_case(lands, wrong)
