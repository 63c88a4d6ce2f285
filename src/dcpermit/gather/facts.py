"""What a frame of projects says of each measure and word, and what follows where it is silent."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.errors import InputError, Problem, did_you_mean
from dcpermit.expression.columns import Column, Numbers, Words, silence
from dcpermit.expression.nodes import Fact, plain_word
from dcpermit.figures import describe
from dcpermit.frame import MEASURES, bounds_of
from dcpermit.gather.answers import answer_column, unsaid, wrong_answer
from dcpermit.gather.ends import combined
from dcpermit.gather.needs import actions_of, wrong_action
from dcpermit.law.law import Law
from dcpermit.quantity import UNITS

AI_WORDS = frozenset({"training", "inference", "simulation", "synthetic_data", "ai"})
"""The uses that are AI. Since the law table lists ``ai_uses``, it has these words and ``other`` and ``none``."""

M2_IN_ACRE = 1e4 / float(UNITS["acre"]["ha"])

_NEW_WAYS = ("", "at least the load of its computing equipment or for AI")
_AI_WAYS = (
    "",
    "taken as the new load, since only AI uses are stated",
    "stated not to be for AI",
    "no more than the new load; how much of it is for AI is not stated",
    "",
)
_ADDED_WAYS = ("", "from the new load")


class View:
    """n projects read column by column, as spans and words: those of a frame, or made in Python."""

    def __init__(self, columns: Mapping[str, Any], n: int) -> None:
        self.columns = columns
        self.n = n
        self._measures: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        self._texts: dict[str, NDArray[np.object_]] = {}
        self._sets: dict[str, Spread] = {}
        self._silent: dict[tuple[str, tuple[str, ...]], Column] = {}

    @classmethod
    def of(cls, frame: geopandas.GeoDataFrame) -> "View":
        """The projects of a frame, as ``to_frame`` lays them out."""
        sites = np.asarray(frame.geometry.array, dtype=object)
        columns = {str(name): column for name, column in pd.DataFrame(frame).items()}
        return cls({**columns, "geometry": sites}, len(frame))

    def silence(self, fact: Fact) -> Column:
        """The column of a fact of which nothing is known; one for all facts of a kind."""
        key = (fact.unit, fact.choices)
        if key not in self._silent:
            self._silent[key] = silence(self.n, fact.unit, fact.choices)
        return self._silent[key]

    def measure(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The least and greatest value of a measure, infinite where nothing bounds it. Shapes (n,)."""
        if name not in self._measures:
            self._measures[name] = bounds_of(self.columns, name, self.n)
        return self._measures[name]

    def text(self, name: str) -> NDArray[np.object_]:
        """A column of text, None where nothing is said. Shape (n,)."""
        if name not in self._texts:
            given = np.full(self.n, None, object)
            if name in self.columns:
                given[:] = np.asarray(self.columns[name], object)
                given[pd.isna(given)] = None
            self._texts[name] = given
        return self._texts[name]

    def sets(self, name: str) -> "Spread":
        """A column of words joined by ``;``, each once: the different sets of words, and which each project has."""
        if name not in self._sets:
            which, texts = pd.factorize(self.text(name))
            split = [tuple(dict.fromkeys(word for word in text.split(";") if word)) for text in texts]
            self._sets[name] = Spread((*split, None), which)
        return self._sets[name]

    def uses(self, test: Callable[[frozenset[str]], bool]) -> NDArray[np.bool_]:
        """Which projects say what their load is for, and that it is so, whatever the capitals. Shape (n,)."""
        uses = self.sets("ai_uses")
        said = [words is not None and test(frozenset(map(str.casefold, words))) for words in uses.different]
        return np.array(said, bool)[uses.which]

    def words(self, fact: Fact) -> Words:
        """A choice fact of the projects; words that the law does not have are left out."""
        said = self.sets(fact.read)
        spelled = [None if words is None else _spelled(words, fact) for words in said.different]
        each = Words.of(spelled, fact.choices)
        return Words(each.sure[said.which], each.maybe[said.which], each.choices)

    def answers(self, fact: Fact) -> Column:
        """A fact that is one of a project's answers."""
        if fact.name not in self.columns:
            return self.silence(fact)
        return answer_column(list(self.columns[fact.name]), fact)

    def geometries(self) -> NDArray[np.object_]:
        """The sites. Shape (n,)."""
        sites: NDArray[np.object_] = self.columns["geometry"]
        return sites

    def accuracy_m(self) -> NDArray[np.float64]:
        """
        How far each true place may be from the given one [m], 0 where nobody has said. Shape (n,).

        A point stands for a whole site: where the site's area is stated and its outline is not, the site reaches as
        far as one twice as long as wide would.
        """
        _, high = self.measure("position_accuracy")
        _, acres = self.measure("site_area")
        points = shapely.get_type_id(self.geometries()) == shapely.GeometryType.POINT
        reach = np.sqrt(np.where(points & np.isfinite(acres), np.maximum(acres, 0.0), 0.0) * M2_IN_ACRE * 5 / 8)
        return np.where(np.isfinite(high), high, 0.0) + reach

    def wrong_words(self, fact: Fact) -> Iterator[tuple[int, Problem]]:
        """Words that the law does not have, and words that cannot stand together."""
        said = self.sets(fact.read)
        wrong = [tuple(_wrong_words(words or (), fact)) for words in said.different]
        for row in np.flatnonzero(np.array(list(map(bool, wrong)), bool)[said.which]).tolist():
            for problem in wrong[said.which[row]]:
                yield row, problem

    def wrong_answers(self, fact: Fact) -> Iterator[tuple[int, Problem]]:
        """Answers that are no answer to the question asked."""
        for row, value in enumerate(self.columns[fact.name]):
            if not unsaid(value) and (wrong := wrong_answer(fact, value)):
                yield row, wrong

    def conflicts(self) -> Iterator[tuple[int, Problem]]:
        """Figures that cannot all be true."""
        _, new_high = self.measure("new_load")
        for part, name in (("ai_new_load", "the part for AI"), ("compute_load", "the computing equipment's part")):
            low, _ = self.measure(part)
            for row in np.flatnonzero(low > new_high):
                what = f"{name} is at least {low[row]:g} MW, the whole new load at most {new_high[row]:g} MW"
                yield int(row), Problem(part, what, "correct one of them", "conflict", f"{low[row]:g} MW")
        ai_low, ai_high = self.measure("ai_new_load")
        compute, _ = self.measure("compute_load")
        only_ai = self.uses(_only_ai)
        for row in np.flatnonzero(only_ai & (compute > ai_high)):
            what = (
                f"at most {ai_high[row]:g} MW is for AI, yet computing for AI alone takes at least {compute[row]:g} MW"
            )
            yield int(row), Problem("ai_new_load", what, "correct one of them", "conflict", f"{ai_high[row]:g} MW")
        retired, _ = self.measure("retired_load")
        _, existing = self.measure("existing_load")
        for row in np.flatnonzero(retired > existing):
            what = f"at least {retired[row]:g} MW is retired of at most {existing[row]:g} MW that runs"
            yield int(row), Problem("retired_load", what, "correct one of them", "conflict", f"{retired[row]:g} MW")
        assistance, _ = self.measure("federal_assistance")
        _, cost = self.measure("total_project_cost")
        for row in np.flatnonzero(assistance > cost):
            given, whole = (describe(one[row], one[row], "USD") for one in (assistance, cost))
            what = f"at least {given} of a total cost of at most {whole} is more than 100 percent"
            yield int(row), Problem("federal_assistance", what, "correct one of them", "conflict", given)
        none = self.uses(lambda words: "none" in words)
        for row in np.flatnonzero(none & (ai_low > 0)):
            yield (
                int(row),
                Problem("ai_uses", "says none, yet some new load is for AI", "correct one of them", "conflict", "none"),
            )

    def wrong_actions(self, law: Law) -> Iterator[tuple[int, Problem]]:
        """Words and measures of federal actions that the law does not have."""
        texts = self.text("federal_actions")
        for row in np.flatnonzero(~pd.isna(texts) & (texts != "none")).tolist():
            text = texts[row]
            try:
                for place, action in enumerate(actions_of(text)):
                    for problem in wrong_action(action, law, f"federal_actions[{place}]"):
                        yield row, problem
            except InputError as error:
                for problem in error.problems:
                    yield row, problem


@frozen(eq=False)
class Spread:
    """
    Sets of words over some projects.

    Attributes:
        different: The different sets; None, where nothing is said, is the last.
        which: Which of them each project has. Shape (n,).
    """

    different: tuple[tuple[str, ...] | None, ...]
    which: NDArray[np.int64]


def _wrong_words(words: tuple[str, ...], fact: Fact) -> Iterator[Problem]:
    for word in words:
        if fact.word(word) is None:
            hint = did_you_mean(word, fact.choices) or f"write one of {', '.join(fact.choices)}"
            yield Problem(fact.read, f"{word!r} is no {fact.name} here", hint, "unknown_word", word)
    said = ";".join(words)
    if len(words) > 1 and not fact.many:
        yield Problem(fact.read, f"{said} are several", "write one word", "conflict", said)
    elif len(words) > 1 and "none" in words:
        yield Problem(fact.read, '"none" beside other words', "leave one of them out", "conflict", said)


def _only_ai(words: frozenset[str]) -> bool:
    return bool(words) and words <= AI_WORDS


def _spelled(words: tuple[str, ...], fact: Fact) -> tuple[str, ...]:
    return tuple(known for known in map(fact.word, words) if known is not None)


def _stated(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((low > -np.inf) | (high < np.inf))


def _new(view: View) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """New load, never less than the computing equipment's or the part for AI, and how it was taken."""
    low, high = view.measure("new_load")
    part = np.maximum(view.measure("compute_load")[0], view.measure("ai_new_load")[0])
    raised = part > low
    return np.maximum(low, part), high, raised.astype(np.int8)


def _new_load(view: View, fact: Fact) -> Numbers:
    return Numbers(*_new(view), _NEW_WAYS)


def _met(
    stated: tuple[NDArray[np.float64], NDArray[np.float64]], derived: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """What is stated and what follows, where they agree; where they cannot both be, what is stated."""
    low, high = np.maximum(stated[0], derived[0]), np.minimum(stated[1], derived[1])
    apart = low > high
    own = _stated(*stated) & (apart | ((low == stated[0]) & (high == stated[1])))
    return np.where(apart, stated[0], low), np.where(apart, stated[1], high), own


def _ai_new_load(view: View, fact: Fact) -> Numbers:
    """The new load where only AI uses are stated, nothing where none is, else in between; and what is stated of it."""
    new_low, new_high, _ = _new(view)
    only_ai, no_ai = view.uses(_only_ai), view.uses(lambda words: "none" in words)
    some = _stated(new_low, new_high) & np.isfinite(new_high)
    way = np.select([only_ai & _stated(new_low, new_high), no_ai, some], [1, 2, 3], 0)
    derived = (
        np.select([way == 1, way == 2, way == 3], [new_low, 0.0, 0.0], -np.inf),
        np.select([way == 1, way == 2, way == 3], [new_high, 0.0, new_high], np.inf),
    )
    low, high, own = _met(view.measure("ai_new_load"), derived)
    how = np.where(own, 0, np.where(only_ai & (way == 0), 4, way)).astype(np.int8)
    # Where only AI uses are stated, the two are one value.
    one = ("", "new_load", "", "", "new_load")
    return Numbers(low, high, how, _AI_WAYS, one, one)


def _added(view: View) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """Load added: as stated, and the new load where the two agree."""
    low, high, own = _met(view.measure("incremental_load"), _new(view)[:2])
    return low, high, (~own).astype(np.int8)


def _incremental_load(view: View, fact: Fact) -> Numbers:
    low, high, how = _added(view)
    return Numbers(low, high, how, _ADDED_WAYS, ("", "new_load"), ("", "new_load"))


def _net_incremental_load(view: View, fact: Fact) -> Numbers:
    """Load added less load retired, which is something between nothing and the existing load where not stated."""
    low, high, _ = _added(view)
    retired_low, retired_high = view.measure("retired_load")
    said = _stated(retired_low, retired_high)
    _, existing_high = view.measure("existing_load")
    retired_low = np.maximum(retired_low, 0.0)
    retired_high = np.minimum(retired_high, np.maximum(existing_high, retired_low))
    net_low, net_high = combined(np.subtract, (low, high), (retired_low, retired_high))
    how = np.select([~_stated(low, high), ~said], [2, 1], 3).astype(np.int8)
    ways = ("", "the load added less the load retired", "", "the load added less the load retired")
    return Numbers(net_low, net_high, how, ways, ("", "retired_load", "new_load", "new_load"))


def _federal_share(view: View, fact: Fact) -> Numbers:
    """Federal assistance as a share of total project cost [percent]; no assistance is no share."""
    given, cost = view.measure("federal_assistance"), view.measure("total_project_cost")
    known = _stated(*given) & (_stated(*cost) | (given[1] == 0))
    cost = np.maximum(cost[0], 0.0), cost[1]
    low, high = combined(lambda part, whole: 100 * part / whole, (np.maximum(given[0], 0.0), given[1]), cost)
    nothing = given[1] == 0
    whole = np.where((cost[0] == cost[1]) & np.isfinite(cost[0]), cost[0], np.nan)
    return Numbers(
        np.where(known, np.where(nothing, 0.0, np.maximum(low, 0.0)), -np.inf),
        np.where(known, np.where(nothing, 0.0, high), np.inf),
        known.astype(np.int8),
        ("", "federal assistance as a share of total project cost"),
        part=("federal_assistance", "USD"),
        each=whole / 100,
    )


def _measure(name: str) -> Callable[[View, Fact], Column]:
    return lambda view, fact: Numbers(*view.measure(name))


def _components(view: View, fact: Fact) -> Words:
    """Components as named; a data center that names none has none to be taken for."""
    kinds, named = view.sets("kind"), view.words(fact)
    center = [words is not None and plain_word(";".join(words)) == "data_center" for words in kinds.different]
    none = np.array(center, bool)[kinds.which] & (view.text(fact.read) == np.array(None))
    nothing = np.uint64(0)
    return Words(np.where(none, nothing, named.sure), np.where(none, nothing, named.maybe), named.choices)


READERS: Mapping[str, Callable[[View, Fact], Column]] = {
    "load.new": _new_load,
    "load.ai_new": _ai_new_load,
    "load.incremental": _incremental_load,
    "load.net_incremental": _net_incremental_load,
    "load.existing": _measure("existing_load"),
    "load.retired": _measure("retired_load"),
    "load.compute": _measure("compute_load"),
    "federal_share": _federal_share,
    "components": _components,
    "kind": lambda view, fact: view.words(fact),
    "ai_uses": lambda view, fact: view.words(fact),
    "federal_assistance_form": lambda view, fact: view.words(fact),
    **{name: _measure(name) for name in MEASURES if not name.endswith("_load")},
}
"""Where a project keeps what a fact asks, by the fact's ``read``."""
