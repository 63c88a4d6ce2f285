"""The law tables: every provision by cases, every day on which the law changes, every mistake in full."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import frozen

from dcpermit.errors import InputError, LawError, NoSuchName
from dcpermit.expression.columns import Answers, Column, Numbers, Words, silence
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import Fact, facts_of
from dcpermit.expression.parse import parse
from dcpermit.lands.layers.managers import DEPARTMENT_OF
from dcpermit.law.law import Law
from dcpermit.law.provision import Provision
from dcpermit.law.read import read_tables
from dcpermit.outcome import Outcome
from dcpermit.units import Span

FOLDER = Path(__file__).parent / "law"
DAY = date(2026, 11, 21)
TABLES = read_tables()


# Cases ------------------------------------------------------------------------------------------------------


@frozen(eq=False)
class Entry:
    """One answer of a case: these facts and no others give this outcome."""

    name: str
    provision: str
    on: date
    reading: str
    outcome: Outcome
    facts: Mapping[str, Any]


def entries() -> Iterable[Entry]:
    keys = {"provision", "on", "reading", "why", "given", "meets", "fails", "unknown"}
    for path in sorted(FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        assert set(data) <= {"always", "case"}, f"{path.name}: a key that no case has"
        for place, case in enumerate(data["case"], 1):
            assert set(case) <= keys, f"{path.name}, case {place}: {set(case) - keys}"
            for answer in ("meets", "fails", "unknown"):
                said = case.get(answer, [])
                for number, facts in enumerate([said] if isinstance(said, dict) else said, 1):
                    stated = {**data.get("always", {}), **case.get("given", {}), **facts}
                    yield Entry(
                        name=f"{path.stem}-{place}-{case['provision'].split('.')[1]}-{answer}-{number}",
                        provision=case["provision"],
                        on=case.get("on", DAY),
                        reading=case.get("reading", "text"),
                        outcome=Outcome[answer.upper()],
                        facts={name: value for name, value in stated.items() if value != "unknown"},
                    )


def column(fact: Fact, said: Sequence[Any]) -> Column:
    """A fact of n projects as people write it; None where nobody has said."""
    if fact.unit:
        spans = [None if value is None else Span.read(value, fact.unit, fact.name) for value in said]
        return Numbers(
            np.array([-np.inf if span is None else span.low for span in spans]),
            np.array([np.inf if span is None else span.high for span in spans]),
        )
    if fact.choices:
        return Words.of([tuple(value) if isinstance(value, list) else value for value in said], fact.choices)
    assert all(value is None or isinstance(value, bool) for value in said), f"{fact.name} is a yes or no"
    return Answers.of(said)


ENTRIES = list(entries())


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.name for entry in ENTRIES])
def test_a_case_alone(entry: Entry) -> None:
    law = Law.on(entry.on, entry.reading)
    node = law.expression(entry.provision)
    for name in entry.facts:
        assert name in law.facts, f"no table asks {name}"
    facts = {fact.name: column(fact, [entry.facts.get(fact.name)]) for fact in facts_of(node)}
    assert Outcome(int(evaluate(node, facts, {})[0])) is entry.outcome


@pytest.mark.parametrize("day", sorted({entry.on for entry in ENTRIES}), ids=str)
def test_all_cases_of_a_day_in_company(day: date) -> None:
    """One batch of all cases of a day gives each the outcome it has alone."""
    company = [entry for entry in ENTRIES if entry.on == day]
    law = Law.on(day)
    facts = {
        name: column(fact, [entry.facts.get(name) for entry in company])
        if any(name in entry.facts for entry in company)
        else silence(len(company), fact.unit, fact.choices)
        for name, fact in law.facts.items()
    }
    known: dict[Any, Any] = {}
    for row, entry in enumerate(company):
        outcomes = evaluate(law.expression(entry.provision, Law.on(day, entry.reading).reading), facts, known)
        assert Outcome(int(outcomes[row])) is entry.outcome, entry.name


def test_every_provision_has_a_case_that_meets_one_that_fails_and_one_that_is_unknown() -> None:
    def answered(row: Provision) -> set[Outcome]:
        return {entry.outcome for entry in ENTRIES if entry.provision == row.id and row.in_force(entry.on)}

    missing = [
        f"{row.id} from {row.first_day}: no case {outcome.name}"
        for row in TABLES.provisions()
        if row.requires
        for outcome in Outcome
        if outcome not in answered(row)
    ]
    assert not missing, "\n".join(missing)


def test_every_case_is_of_a_provision_in_force_on_its_day() -> None:
    wrong = [entry.name for entry in ENTRIES if entry.provision not in Law.on(entry.on).provisions]
    assert not wrong


def test_every_choice_of_a_reading_has_a_case() -> None:
    """Where a reading replaces the text, a case is read under it."""
    missing = [
        f"{row.id} under {','.join(sorted(names))}"
        for row in TABLES.provisions()
        for names in row.readings
        if not any(entry.provision == row.id and set(entry.reading.split(",")) == names for entry in ENTRIES)
    ]
    assert not missing, "\n".join(missing)


def test_a_word_goes_by_its_other_names_too() -> None:
    site = TABLES.facts["energy_site"]
    for name in ("Savannah River Site", "savannah-river site (WHOLE)", "SRS", "Savannah River Plant"):
        assert site.word(name) == "Savannah_River_Site"
    assert site.word("Savannah River") is None


# Days -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", TABLES.days(), ids=str)
def test_the_law_loads_on_every_day_it_changes_and_the_day_before(day: date) -> None:
    before, after = Law.on(day - timedelta(1)), Law.on(day)
    began = {row.id for row in TABLES.provisions() if row.first_day == day}
    ended = {row.id for row in TABLES.provisions() if row.last_day == day}
    assert began <= set(after.provisions)
    assert ended <= set(before.provisions)
    assert began | ended, "a day on which nothing changes"
    for name in after.readings:
        assert set(after.expressions[name]) == {id for id, row in after.provisions.items() if row.requires}


def test_before_any_law_there_are_no_provisions() -> None:
    law = Law.on(TABLES.days()[0] - timedelta(1))
    assert law.provisions == {}
    assert law.testable() == ()


@pytest.mark.parametrize(
    ("id", "day", "in_force"),
    [
        ("eo14318.qualifying_project", "2025-07-22", False),
        ("eo14318.qualifying_project", "2025-07-23", True),
        ("eo14141.order", "2025-01-13", False),
        ("eo14141.order", "2025-01-14", True),
        ("eo14141.order", "2025-07-22", True),
        ("eo14141.order", "2025-07-23", False),
        ("doe.b4.12", "2011-11-13", False),
        ("doe.b4.12", "2011-11-14", True),
        ("doe.b4.14", "2024-05-29", False),
        ("doe.b4.14", "2024-05-30", True),
        ("doe.b5.26", "2026-02-01", False),
        ("doe.b5.26", "2026-02-02", True),
        ("tva.16", "2020-04-26", False),
        ("tva.16", "2020-04-27", True),
        ("blm.11.9.e12", "2025-07-02", False),
        ("blm.11.9.e12", "2025-07-03", True),
        ("ceq.exclusion", "2020-09-13", False),
        ("ceq.exclusion", "2020-09-14", True),
        ("ceq.exclusion", "2025-04-10", True),
        ("ceq.exclusion", "2025-04-11", False),
        ("ceq.adopted_determination", "2025-04-11", False),
        ("procedures.ceq", "2025-04-10", True),
        ("procedures.ceq", "2025-04-11", False),
        ("nepa.no_document_required", "2023-06-02", False),
        ("nepa.no_document_required", "2023-06-03", True),
        ("clocks.fee_ea", "2025-07-03", False),
        ("clocks.fee_ea", "2025-07-04", True),
    ],
)
def test_the_first_day_counts_and_the_last_does_not(id: str, day: str, in_force: bool) -> None:
    assert Law.on(day).in_force(id) is in_force


def test_on_the_day_a_row_is_amended_the_new_one_binds() -> None:
    assert Law.on("2023-06-02")["nepa.trigger"].last_day == date(2023, 6, 3)
    assert Law.on("2023-06-03")["nepa.trigger"].first_day == date(2023, 6, 3)
    assert "about 20 mile" in Law.on("2024-05-29")["doe.b4.13"].requires
    assert "line_length" not in Law.on("2024-05-30")["doe.b4.13"].requires


def test_what_was_an_exclusion_and_is_excepted_from_review_stands_under_one_id() -> None:
    assert [Law.on(day)["doe.a9"].kind for day in ("2025-07-02", "2025-07-03")] == ["exclusion", "status"]


def test_a_day_later_than_the_tables_know_is_answered_with_a_warning() -> None:
    assert Law.on(TABLES.known_to).warnings == ()
    assert Law.on(TABLES.known_to + timedelta(1)).warnings == (
        "the law tables are known to 2026-11-21; later law is not in them",
    )


@pytest.mark.parametrize("text", ["2026-13-01", "20261121", "yesterday", "", "2026-11-21T00:00"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Law.on(text)
    assert str(caught.value) == f"day: {text!r} is not a day; write it as 2025-07-23"


# The tables as they ship ------------------------------------------------------------------------------------


def test_every_expression_of_every_row_prints_and_reads_back() -> None:
    for day in TABLES.days():
        law = Law.on(day)
        for name in law.readings:
            for id, refer in law.expressions[name].items():

                def lookup(word: str, name: str = name, law: Law = law) -> Any:
                    return law.facts.get(word) or law.expressions[name].get(word)

                assert parse(str(refer.means), id, lookup) == refer.means


def test_every_exclusion_names_an_agency_and_an_activity_and_all_circumstances_of_it() -> None:
    for row in TABLES.provisions():
        if row.kind == "exclusion":
            assert row.agency, row.id
            assert row.activities, row.id
            assert row.documentation, row.id
            if row.unless == "own_list_circumstance":  # the agency's list of circumstances is in no table
                continue
            assert row.unless.endswith(".any"), row.id
            circumstances = Law.on(DAY).table(row.unless.rpartition(".")[0])
            assert set(row.agency) <= set(circumstances.agency), row.id


@pytest.mark.parametrize(
    "table", [table for table in TABLES.tables if table.name.startswith("ec.")], ids=lambda table: table.name
)
def test_any_circumstance_reaches_every_circumstance_of_its_table(table: Any) -> None:
    law = Law.on(DAY)
    single = {fact for row in table.provisions if law.in_force(row.id) for fact in facts_of(law.expression(row.id))}
    assert set(facts_of(law.expression(f"{table.name}.any"))) == single


def test_every_instrument_names_whose_land_it_is_for_what_it_could_authorize_and_its_own_law() -> None:
    for row in TABLES.provisions():
        if row.kind == "instrument":
            assert row.subject == "land", row.id
            assert row.managers, row.id
            assert row.activities, row.id
            assert row.citation.instrument != Law.on(DAY).table(row.id.split(".")[0]).citation.instrument, row.id


def test_every_manager_of_federal_or_tribal_land_has_an_instrument() -> None:
    named = {manager for row in TABLES.provisions() if row.kind == "instrument" for manager in row.managers}
    assert named == {*TABLES.facts["manager"].choices} - {"STATE", "LOCAL", "DISTRICT", "NGO", "PRIVATE"}


def test_the_land_managers_of_the_tables_are_those_of_the_layers() -> None:
    assert {*TABLES.facts["manager"].choices} == {*DEPARTMENT_OF} - {"UNKNOWN"}


def test_every_fact_has_a_question_and_somebody_to_ask() -> None:
    for fact in TABLES.facts.values():
        assert fact.question.endswith(("?", ".")), fact.name
        assert fact.asked_of, fact.name


def test_measures_of_an_action_are_kept_under_their_own_name() -> None:
    for fact in TABLES.facts.values():
        if fact.unit and fact.read.startswith("action."):
            assert fact.read == f"action.{fact.name}"


def test_readings_are_named_in_the_order_declared() -> None:
    assert Law.on(DAY, " net_load , screening").reading == "screening,net_load"
    assert Law.on(DAY, "").reading == "text"
    assert Law.on(DAY, "text").reading == "text"
    assert Law.on(DAY).reading == "screening"
    assert Law.on(DAY).readings == (
        "text",
        "screening",
        "broad_component",
        "net_load",
        "screening,broad_component",
        "screening,net_load",
        "broad_component,net_load",
        "screening,broad_component,net_load",
    )


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: Law.on(DAY, "screning"), "no reading 'screning'; did you mean 'screening'?"),
        (lambda: Law.on(DAY, "zzz"), "no reading 'zzz'; there are broad_component, net_load, screening, text"),
        (lambda: Law.on(DAY)["eo14318.lode"], "no provision 'eo14318.lode'; did you mean 'eo14318.load'?"),
        (lambda: Law.on(DAY).expression("eo14318.lode"), "no provision 'eo14318.lode'; did you mean 'eo14318.load'?"),
        (lambda: Law.on(DAY).in_force("nepa.triger"), "no provision 'nepa.triger'; did you mean 'nepa.trigger'?"),
        (lambda: Law.on(DAY).table("nepaa"), "no table 'nepaa'; did you mean 'nepa'?"),
        (lambda: Law.on("1800-01-01")["eo14318.load"], "no provision in force on 1800-01-01 'eo14318.load'"),
    ],
)
def test_a_name_that_nothing_has(ask: Any, message: str) -> None:
    with pytest.raises(NoSuchName) as caught:
        ask()
    assert str(caught.value) == message


# Small tables -----------------------------------------------------------------------------------------------

HEAD = 'title = "A"\ncite = "Act A"\nfrom = 2020-01-01\nknown_to = 2026-01-01\n'
FACTS = """
[[fact]]
name = "new_load"
unit = "MW"

[[fact]]
name = "kind"
choices = ["data_center", "other"]

[[fact]]
name = "designated"
asked_of = "the Secretary"
"""


def row(id: str, requires: str = "designated", more: str = "") -> str:
    return f'\n[[provision]]\nid = "{id}"\ntitle = "T"\nsays = "S"\nrequires = "{requires}"\n{more}\n'


def law(folder: Path, *rows: str, head: str = HEAD, on: str = "2025-01-01", **others: str) -> Law:
    (folder / "alpha.toml").write_text(head + FACTS + "".join(rows), "utf-8")
    for name, text in others.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return Law.on(on, "text", folder)


def test_a_row_and_its_facts_print_and_read_back(tmp_path: Path) -> None:
    text = "(new_load > 100 MW or kind in {data_center}) and not designated"
    made = law(tmp_path, row("one", text), row("two", "alpha.one and designated", 'pinpoint = "sec. 2"'))
    assert str(made.expression("alpha.one").means) == text
    assert str(made.expression("alpha.two").means) == "alpha.one and designated"
    assert [fact.name for fact in facts_of(made.expression("alpha.two"))] == ["new_load", "kind", "designated"]
    assert [fact.kind for fact in made.facts.values()] == ["measure", "choice", "yes/no"]
    assert str(made["alpha.two"].citation) == "Act A, sec. 2"
    assert str(made["alpha.one"].citation) == "Act A"


def test_requires_and_not_unless(tmp_path: Path) -> None:
    made = law(tmp_path, row("one", "new_load > 1 MW", 'unless = "designated"'))
    assert str(made.expression("alpha.one").means) == "new_load > 1 MW and not designated"


def test_an_exclusion_is_bound_to_its_agencies_and_activities(tmp_path: Path) -> None:
    facts = """
[[fact]]
name = "agency"
choices = ["BLM", "DOE"]
[[fact]]
name = "action_kind"
choices = ["fiber", "solar"]
"""
    words = 'kind = "exclusion"\nsubject = "action"\nagency = ["DOE"]\nactivities = ["fiber", "solar"]'
    made = law(tmp_path, facts, row("one", more=words))
    assert (
        str(made.expression("alpha.one").means) == "(agency in {DOE} and action_kind in {fiber, solar}) and designated"
    )


def test_the_reading_with_most_names_wins(tmp_path: Path) -> None:
    readings = '[[reading]]\nname = "x"\nsays = "X"\n[[reading]]\nname = "y"\nsays = "Y"\n'
    more = 'readings.x = "new_load > 1 MW"\nreadings.y = "new_load > 2 MW"\nreadings."x y" = "new_load > 3 MW"'
    made = law(tmp_path, readings, row("one", more=more))
    assert {name: str(made.expression("alpha.one", name).means) for name in made.readings} == {
        "text": "designated",
        "x": "new_load > 1 MW",
        "y": "new_load > 2 MW",
        "x,y": "new_load > 3 MW",
    }


def test_the_digest_changes_with_any_byte_and_any_name(tmp_path: Path) -> None:
    def digest(name: str, content: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        (folder / name).write_text(content, "utf-8")
        return read_tables(folder).digest

    text = HEAD + FACTS + row("one")
    first = digest("alpha.toml", text)
    assert digest("alpha.toml", text) == first
    assert len({first, digest("alpha.toml", text + "\n"), digest("alpha.toml", text.replace('"S"', '"s"'))}) == 3
    assert digest("beta.toml", text) != first


BETA = 'title = "B"\ncite = "Act B"\nfrom = 2020-01-01\nknown_to = 2026-01-01\n'


def bare(lines: str) -> str:
    return f'\n[[provision]]\nid = "one"\ntitle = "T"\n{lines}\n'


def fact(lines: str, name: str = "f") -> str:
    return f'\n[[fact]]\nname = "{name}"\n{lines}\n'


def reading(name: str) -> str:
    return f'\n[[reading]]\nname = "{name}"\n'


NOTE = '\n[[provision]]\nid = "note"\ntitle = "N"\nsays = "S"\nkind = "context"\n'

MISTAKES = [
    pytest.param(
        [bare('says = "S"\nrequiers = "designated"')],
        {},
        "alpha.one: no key 'requiers'; did you mean 'requires'?",
        id="a key that no row has",
    ),
    pytest.param([row("one", more="zzz = 1")], {}, "alpha.one: no key 'zzz'", id="a key that nothing is like"),
    pytest.param(
        [],
        {"beta": BETA + "untill = 2025-01-01"},
        "beta.toml: no key 'untill'; did you mean 'until'?",
        id="a key that no table has",
    ),
    pytest.param(
        [fact('units = "MW"')], {}, "alpha: fact f: no key 'units'; did you mean 'unit'?", id="a key that no fact has"
    ),
    pytest.param(
        ['[[reading]]\nname = "x"\nsay = "X"'],
        {},
        "alpha: reading x: no key 'say'; did you mean 'says'?",
        id="a key that no reading has",
    ),
    pytest.param(
        [], {"beta": 'cite = "B"\nknown_to = 2026-01-01'}, "beta.toml: has no 'title'", id="a table without a title"
    ),
    pytest.param(
        [],
        {"beta": "title = "},
        "beta.toml: not a TOML file: Invalid value (at end of document)",
        id="a table that is no TOML",
    ),
    pytest.param(
        ['[[fact]]\nname = "new load"'],
        {},
        "alpha: fact new load: a fact needs a name of letters, digits and underscores",
        id="a name that is no name",
    ),
    pytest.param(
        [fact('unit = "acres"')],
        {},
        "alpha: fact f: no unit 'acres'; did you mean 'acre'?",
        id="a unit that there is not",
    ),
    pytest.param([fact('unit = "zzz"')], {}, "alpha: fact f: no unit 'zzz'", id="a unit that nothing is like"),
    pytest.param(
        [fact('unit = "MW"\nchoices = ["a"]')],
        {},
        "alpha: fact f: has a unit and choices; a fact is a measure or a word, not both",
        id="a measure and a word",
    ),
    pytest.param(
        [fact(f"choices = {[f'c{n}' for n in range(65)]}")],
        {},
        "alpha: fact f: has 65 choices; 64 is the most",
        id="too many choices",
    ),
    pytest.param(
        [fact('choices = ["alpha", "beta"]\naliases = { first = "alhpa" }')],
        {},
        "alpha: fact f: aliases: never 'alhpa'; did you mean 'alpha'?",
        id="another name of no word",
    ),
    pytest.param(
        [fact('confirms = "new_laod"')],
        {},
        "fact f: confirms 'new_laod', which is no fact; did you mean 'new_load'?",
        id="a fact that confirms nothing",
    ),
    pytest.param(
        [],
        {"beta": BETA + '[[fact]]\nname = "new_load"\nunit = "MW"'},
        "beta: fact new_load: another table has this fact already",
        id="a fact in two tables",
    ),
    pytest.param(
        [row("one", more='kind = "exclusoin"')],
        {},
        "alpha.one: no kind 'exclusoin'; did you mean 'exclusion'?",
        id="a kind that there is not",
    ),
    pytest.param(
        [row("one", more='subject = "site"')],
        {},
        "alpha.one: no subject 'site'; it is one of project, action, land",
        id="a subject that there is not",
    ),
    pytest.param(
        [fact('choices = ["BLM", "DOE"]', "agency"), row("one", more='agency = ["BML"]')],
        {},
        "alpha.one: agency is never 'BML'; did you mean 'BLM'?",
        id="an agency that there is not",
    ),
    pytest.param(
        [fact('choices = ["fiber"]', "action_kind"), row("one", more='activities = ["fibre"]')],
        {},
        "alpha.one: action_kind is never 'fibre'; did you mean 'fiber'?",
        id="an activity that there is not",
    ),
    pytest.param(
        [row("one", more='agency = ["BLM"]')],
        {},
        "alpha.one: names words of agency, a fact that no table has",
        id="an agency where no table has agencies",
    ),
    pytest.param(
        [row("one", more='kind = "context"')],
        {},
        "alpha.one: context has nothing to require",
        id="context that requires",
    ),
    pytest.param([row("one", "")], {}, "alpha.one: has no 'requires'", id="nothing to require"),
    pytest.param([bare('requires = "designated"')], {}, "alpha.one: has no 'says'", id="no words of our own"),
    pytest.param(
        [],
        {"beta": 'title = "B"\ncite = "B"\nknown_to = 2026-01-01\n' + row("one")},
        "beta.one: has no first day: 'from'",
        id="no first day",
    ),
    pytest.param(
        [row("one", more='from = "2025-01-01"')],
        {},
        "alpha.one: from is a day, as 2025-07-23 without quotes, not '2025-01-01'",
        id="a day in quotes",
    ),
    pytest.param(
        [row("one", more="from = 2025-01-01T00:00:00")],
        {},
        "alpha.one: from is a day, as 2025-07-23 without quotes, not datetime.datetime(2025, 1, 1, 0, 0)",
        id="a day with a time",
    ),
    pytest.param(
        [row("one", more="until = 2020-01-01")],
        {},
        "alpha.one: ends on 2020-01-01, which is not after its first day 2020-01-01",
        id="an end before its beginning",
    ),
    pytest.param(
        [row("one", more='readings.screning = "designated"'), reading("screening")],
        {},
        "alpha.one: no table declares the reading 'screning'; did you mean 'screening'?",
        id="a reading not declared",
    ),
    pytest.param(
        [row("one", more='readings.loose = "designated"')],
        {},
        "alpha.one: no table declares the reading 'loose'",
        id="a reading where none is declared",
    ),
    pytest.param(
        [reading("text")],
        {},
        "alpha: reading text: text is the printed text and needs no declaring",
        id="the text declared as a reading",
    ),
    pytest.param(
        [reading("x"), reading("y"), row("one", more='readings.x = "kind"\nreadings.y = "kind"')],
        {},
        'alpha.one: two readings tie where both are chosen; add readings."x y"',
        id="two readings that tie",
    ),
    pytest.param(
        [reading("x"), reading("y"), row("one", more='readings."x y" = "kind"\nreadings."y x" = "kind"')],
        {},
        "alpha.one: has the reading 'x y' twice",
        id="one reading twice",
    ),
    pytest.param(
        [row("one"), row("one", more="from = 2024-01-01")],
        {},
        "alpha.one: two rows are in force on 2025-01-01",
        id="two rows in force",
    ),
    pytest.param(
        [row("one", "new_load > 100 ha")],
        {},
        "alpha.one: new_load is not counted in ha\n    new_load > 100 ha\n                   ^^",
        id="a wrong unit",
    ),
    pytest.param(
        [row("one", more='unless = "new_load < 5 mile"')],
        {},
        "alpha.one: new_load is not counted in mile\n    new_load < 5 mile\n                 ^^^^",
        id="a wrong unit in unless",
    ),
    pytest.param(
        [row("one", "designated and new_laod > 100 MW")],
        {},
        "alpha.one: no fact 'new_laod'; did you mean 'new_load'?\n"
        "    designated and new_laod > 100 MW\n"
        "                   ^^^^^^^^",
        id="a misspelt fact",
    ),
    pytest.param(
        [row("one"), row("two", "designated or alpha.won")],
        {},
        "alpha.two: no provision 'alpha.won'; did you mean 'alpha.two'?\n"
        "    designated or alpha.won\n"
        "                  ^^^^^^^^^",
        id="a misspelt provision",
    ),
    pytest.param(
        [row("one", "kind in {data_centre}")],
        {},
        "alpha.one: kind is never 'data_centre'; did you mean 'data_center'?\n"
        "    kind in {data_centre}\n"
        "             ^^^^^^^^^^^",
        id="a misspelt choice",
    ),
    pytest.param(
        [bare('says = "S"\nrequires = """\n  designated\n  or new_load > 1 GWh\n"""')],
        {},
        "alpha.one: new_load is not counted in GWh\n      or new_load > 1 GWh\n                      ^^^",
        id="a mistake on the second line",
    ),
    pytest.param(
        [row("one", "designated or alpha.one")],
        {},
        "alpha.one: is defined by itself: alpha.one -> alpha.one",
        id="a circle of one",
    ),
    pytest.param(
        [row("one", "alpha.two"), row("two", "not beta.three")],
        {"beta": BETA + row("three", "alpha.one")},
        "alpha.one: is defined by itself: alpha.one -> alpha.two -> beta.three -> alpha.one",
        id="a circle of three",
    ),
    pytest.param(
        [row("one", "designated and beta.past")],
        {"beta": BETA + row("past", more="until = 2021-01-01")},
        "alpha.one: refers to beta.past, which is not in force on the same day\n"
        "    designated and beta.past\n"
        "                   ^^^^^^^^^",
        id="a row not in force",
    ),
    pytest.param(
        [row("one", "beta.past_one or beta.past")],
        {"beta": BETA + row("past_one") + row("past", more="until = 2021-01-01")},
        "alpha.one: refers to beta.past, which is not in force on the same day\n"
        "    beta.past_one or beta.past\n"
        "                     ^^^^^^^^^",
        id="a row not in force, after one like it",
    ),
    pytest.param(
        [row("one", "designated and beta.note")],
        {"beta": BETA + NOTE},
        "alpha.one: refers to beta.note, which is context and has no outcome\n"
        "    designated and beta.note\n"
        "                   ^^^^^^^^^",
        id="a reference to context",
    ),
    pytest.param(
        [row("one", "beta.two")],
        {"beta": BETA + row("two", more='subject = "action"')},
        "alpha.one: is of a project and refers to beta.two, which is of an action\n    beta.two\n    ^^^^^^^^",
        id="a project row that refers to an action row",
    ),
    pytest.param(
        [row("one", "beta.two", 'subject = "land"')],
        {"beta": BETA + row("two", more='subject = "action"')},
        "alpha.one: is of land and refers to beta.two, which is of an action\n    beta.two\n    ^^^^^^^^",
        id="a land row that refers to an action row",
    ),
    pytest.param(
        [fact('read = "unit.federal"', "federal"), row("one", "designated and federal")],
        {},
        "alpha.one: is of a project and asks federal, which land says of itself\n"
        "    designated and federal\n"
        "                   ^^^^^^^",
        id="a project row that asks what land says",
    ),
    pytest.param(
        [fact('choices = ["BLM"]', "manager"), row("one", more='managers = ["BLM"]')],
        {},
        "alpha.one: names managers of land, but is not read over land",
        id="managers of what is no land",
    ),
    pytest.param(
        [fact('choices = ["BLM"]', "manager"), row("one", more='subject = "land"\nmanagers = ["BML"]')],
        {},
        "alpha.one: manager is never 'BML'; did you mean 'BLM'?",
        id="a manager that there is not",
    ),
]


@pytest.mark.parametrize(("rows", "others", "message"), MISTAKES)
def test_a_mistake_in_a_table_is_pointed_at(
    tmp_path: Path, rows: list[str], others: dict[str, str], message: str
) -> None:
    with pytest.raises(LawError) as caught:
        law(tmp_path, *rows, **others)
    assert str(caught.value) == message
