"""The panel of widgets, driven without a browser."""

from typing import Any

import pytest

from dcpermit import optional
from dcpermit.determination import Determination
from dcpermit.errors import InputError, NoSuchName
from dcpermit.law.law import Law
from dcpermit.panel import Panel, what_if
from dcpermit.project import Load, Project
from dcpermit.screening import screen

pytest.importorskip("ipywidgets", reason="ipywidgets, of the extra notebook, is not installed")

QUALIFYING = "eo14318.qualifying_project"
MESA = Project(
    "Mesa Ridge",
    kind="data_center",
    ai_uses={"training"},
    load=Load(new="180 MW", ai_new="80 to 150 MW"),
    answers={"designated_by_secretary": False},
)


@pytest.fixture(scope="module")
def found() -> Determination:
    return screen(MESA, Law.on("2026-11-21"))


@pytest.fixture
def panel(found: Determination) -> Panel:
    return what_if(found)


def test_it_offers_what_is_asked_first_and_then_what_is_stated(panel: Panel) -> None:
    offered = list(panel.controls)
    assert offered[0] == "ai_new_load"
    assert {"new_load", "kind", "ai_uses", "designated_by_secretary"} <= set(offered)
    assert panel.controls["ai_new_load"].value == "80 to 150 MW"
    assert panel.controls["ai_uses"].value == ("training",)
    assert panel.controls["designated_by_secretary"].value is False
    assert (panel.changes(), panel.message.value) == ({}, "")
    assert "Nothing is otherwise." in panel.result.value


@pytest.mark.parametrize(
    ("name", "value", "state"),
    [
        ("ai_new_load", "140 MW", "MEETS"),
        ("new_load", "90 MW", "FAILS"),
        ("ai_uses", ("training", "other"), "UNKNOWN"),
        ("kind", "covered_component", "UNKNOWN"),
    ],
)
def test_a_changed_control_changes_what_is_found(
    found: Determination, panel: Panel, name: str, value: Any, state: str
) -> None:
    before = panel.result.value
    panel.controls[name].value = value
    assert panel.message.value == ""
    assert panel.now[QUALIFYING].state == state
    assert panel.result.value != before
    given = list(value) if isinstance(value, tuple) else value
    assert panel.now.to_json() == found.with_facts({name: given}).to_json()


def test_what_is_emptied_is_unknown(panel: Panel) -> None:
    panel.controls["ai_new_load"].value = "140 MW"
    panel.controls["ai_uses"].value = ()
    panel.controls["ai_new_load"].value = ""
    panel.controls["designated_by_secretary"].value = None
    assert panel.changes() == {"ai_new_load": None, "ai_uses": None, "designated_by_secretary": None}
    assert dict(panel.now.project.answers) == {}
    assert panel.now.project.load.ai_new is None


def test_a_mistake_is_said_and_what_was_found_last_stays(panel: Panel) -> None:
    panel.controls["ai_new_load"].value = "140 MW"
    shown = panel.result.value
    panel.controls["ai_new_load"].value = "140 <b>MWh</b>"
    assert "Not read" in panel.message.value
    assert "load.ai_new" in panel.message.value
    assert "&lt;b&gt;" in panel.message.value
    assert "<b>MWh" not in panel.message.value
    assert panel.result.value == shown
    assert panel.now[QUALIFYING].state == "MEETS"
    panel.controls["ai_new_load"].value = "90 MW"
    assert panel.message.value == ""
    assert panel.now[QUALIFYING].state == "FAILS"


def test_it_starts_again_by_a_button(panel: Panel, found: Determination) -> None:
    panel.controls["ai_new_load"].value = "nonsense"
    panel.controls["kind"].value = "other"
    (button,) = [one for one in panel.box.children if type(one).__name__ == "Button"]
    button.click()
    assert (panel.changes(), panel.message.value) == ({}, "")
    assert panel.now.to_json() == found.to_json()


def test_it_can_be_told_what_to_offer(found: Determination) -> None:
    panel = what_if(found, ["state", "load.compute", "protects_national_security"])
    assert list(panel.controls) == ["state", "load.compute", "protects_national_security"]
    panel.controls["protects_national_security"].value = True
    assert panel.now["eo14318.security"].state == "MEETS"
    panel.controls["load.compute"].value = "120 MW"
    assert str(panel.now.project.load.compute) == "120 MW"
    with pytest.raises(NoSuchName, match="did you mean 'ai_new_load'"):
        what_if(found, ["ai_new_lode"])
    with pytest.raises(InputError, match="follows from what is said"):
        what_if(found, ["federal_share"])


def test_every_control_says_what_it_is_for(panel: Panel) -> None:
    assert all(control.description == name for name, control in panel.controls.items())


def test_a_notebook_shows_it(panel: Panel) -> None:
    assert "application/vnd.jupyter.widget-view+json" in panel._repr_mimebundle_()
    assert repr(panel).startswith("<Panel over <Determination of Mesa Ridge")


def test_without_ipywidgets_the_extra_is_named(found: Determination, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(optional, "import_module", missing)
    with pytest.raises(
        InputError, match=r"^what_if: needs ipywidgets to show a panel; pip install .dcpermit\[notebook\]"
    ):
        what_if(found)
