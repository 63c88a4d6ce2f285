"""One pass over projects: facts gathered, provisions read over them, NEPA reviewed; and what one day makes of it."""

from dcpermit.assessment import Assessment, assess
from dcpermit.gather.facts import View
from dcpermit.gather.gather import Gathered, gather
from dcpermit.lands.lands import Lands
from dcpermit.lands.overlap import Overlaps
from dcpermit.law.law import Law
from dcpermit.nepa.review import Level, Review, review
from dcpermit.outcome import NOT_IN_FORCE, Outcome
from dcpermit.tabulate import STATUS, triggered
from dcpermit.timeline import DayAnswer

Decided = tuple[Gathered, Assessment, Review]


def decide(view: View, law: Law, lands: Lands | Overlaps | None) -> Decided:
    """
    The facts of some projects, the provisions on them, and NEPA for their actions.

    Args:
        view: Projects whose words were checked. n rows.
        law: The law of a day.
        lands: The map, or what it said of these projects before; None leaves what it would answer UNKNOWN.
    """
    gathered = gather(view, law, lands)
    return gathered, assess(gathered.facts, law), review(gathered.needs, law)


def day_answer(view: View, lands: Overlaps | None, law: Law) -> DayAnswer:
    """
    What is found for one project on the law of a day, without its proofs.

    Args:
        view: One project whose words were checked.
        lands: What the map said of it.
        law: The law of the day.
    """
    gathered, assessment, result = decide(view, law, lands)
    low, high = result.of_projects(triggered(assessment, 1))
    states = {
        id: Outcome(int(assessment.outcomes(id)[0])).name if id in law.provisions else NOT_IN_FORCE for id in STATUS
    }
    actions = frozenset((one.kind or "", one.agency or "") for one in gathered.needs.actions)
    return DayAnswer(states, (Level(int(low[0])).name, Level(int(high[0])).name), actions)
