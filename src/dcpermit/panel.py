"""A small panel of widgets in a notebook: what is said of a project is changed, and what is then found is shown."""

from collections.abc import Sequence
from typing import Any

from dcpermit import optional
from dcpermit.card import verdicts
from dcpermit.contrast import contrast_html
from dcpermit.determination import Determination
from dcpermit.edit import FIELDS, LOADS, said, sayable
from dcpermit.errors import DcpermitError
from dcpermit.expression.nodes import Fact
from dcpermit.show.html import fragment, tag

NOT_STATED = "not stated"

LEFT_OUT = ("name", "id", "sponsor", "county", "status", "site", "federal_actions")
"""Fields that a panel does not offer by itself: nothing of the law hangs on them, or a line of text cannot say them."""


def what_if(determination: Determination, facts: Sequence[str] | None = None) -> "Panel":
    """
    A panel that changes what is said of a project and shows what is then found.

    Args:
        determination: Where to begin.
        facts: What can be changed, by the names that ``Determination.with_facts`` takes; left out, what the
            determination asks for, and then what the project states.

    Returns:
        The panel; a notebook shows it, and without a browser its ``controls`` can be set like any other widgets.

    Raises:
        InputError: ipywidgets is not installed, or one of the facts is not a project's to say.
        NoSuchName: Nothing is called as one of the facts.
    """
    return Panel(determination, _offered(determination) if facts is None else tuple(facts))


class Panel:
    """
    Widgets over a determination.

    Attributes:
        first: Where it began.
        now: What is found by what the controls say; the last that could be read, where one cannot.
        controls: The widget of each fact, by name.
        message: The widget that says what cannot be read; empty where all can.
        result: The widget that shows what is found, and what is otherwise than at first.
        box: All of them.
    """

    def __init__(self, determination: Determination, names: Sequence[str]) -> None:
        self.first = self.now = determination
        self._kit = optional.load("ipywidgets", "notebook", "what_if", "show a panel")
        facts, project = determination.law.facts, determination.project
        self._stated = {name: said(project, name, facts) for name in names}
        self.controls = {name: self._control(name, facts.get(name), value) for name, value in self._stated.items()}
        self._begun = {name: control.value for name, control in self.controls.items()}
        self.message, self.result = self._kit.HTML(), self._kit.HTML()
        again = self._kit.Button(description="Start again", tooltip="Put every control back to what the project states")
        again.on_click(lambda _: self.start_again())
        for control in self.controls.values():
            control.observe(lambda _: self._decide(), names="value")
        asked = [
            self._kit.VBox([self._kit.Label(facts[name].asks()), control]) if name in facts else control
            for name, control in self.controls.items()
        ]
        self.box = self._kit.VBox([*asked, again, self.message, self.result])
        self._decide()

    def start_again(self) -> None:
        """Puts every control back to what the project states."""
        for name, value in self._begun.items():
            self.controls[name].value = value

    def changes(self) -> dict[str, Any]:
        """What the controls say otherwise than the project, as ``Determination.with_facts`` takes it."""
        return {
            name: _given(control.value) for name, control in self.controls.items() if control.value != self._begun[name]
        }

    def _control(self, name: str, fact: Fact | None, value: Any) -> Any:
        """A line of text for what is measured, and a choice for words and for yes or no."""
        look = {"description": name, "style": {"description_width": "14em"}, "layout": {"width": "34em"}}
        if fact is None or fact.unit:
            text = "" if value is None else str(value)
            return self._kit.Text(text, continuous_update=False, placeholder=NOT_STATED, **look)
        if not fact.choices:
            return self._kit.Dropdown(options=[(NOT_STATED, None), ("yes", True), ("no", False)], value=value, **look)
        words = _words(fact, value)
        if fact.many:
            return self._kit.SelectMultiple(options=fact.choices, value=words, rows=min(6, len(fact.choices)), **look)
        choices = [(NOT_STATED, None), *((word.replace("_", " "), word) for word in fact.choices)]
        return self._kit.Dropdown(options=choices, value=words[0] if words else None, **look)

    def _decide(self) -> None:
        """Decides again by what the controls say; a mistake is said, and what was found last stays."""
        try:
            self.now = self.first.with_facts(self.changes())
        except DcpermitError as error:
            said = tag("p", tag("b", "Not read"), f"\n{error}\nWhat is shown is by what was read before.")
            self.message.value = fragment(tag("div", said, class_="dc-wrong", role="alert"))
            return
        self.message.value = ""
        otherwise = contrast_html(self.first.compare(self.now))
        self.result.value = fragment(verdicts(self.now.standing), tag("h4", "Otherwise than at first"), otherwise)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def __repr__(self) -> str:
        return f"<Panel over {self.now!r}>"


def _offered(determination: Determination) -> tuple[str, ...]:
    """What a determination asks for, and then what its project states."""
    project, facts = determination.project, determination.law.facts
    stated = [name for name in (*FIELDS, *LOADS) if name not in LEFT_OUT and said(project, name, facts) is not None]
    every = dict.fromkeys((*(fact.name for fact in determination.asks), *stated, *project.answers))
    return tuple(name for name in every if sayable(project, name, facts))


def _words(fact: Fact, value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return tuple(known for word in given if (known := fact.word(str(word))) is not None)


def _given(value: Any) -> Any:
    """What a control says; None where it is left empty."""
    return list(value) or None if isinstance(value, tuple) else None if value == "" else value
