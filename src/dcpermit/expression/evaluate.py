"""The one reading of an expression: over columns, each node answered once, every answer kept."""

from collections.abc import Mapping

from dcpermit.expression.columns import Answers, Column, Numbers, Words
from dcpermit.expression.nodes import AllOf, Among, AnyOf, Compare, Expression, Holds, Not, Refer
from dcpermit.outcome import Outcomes, all_of, any_of, negate

Known = dict[Expression, Outcomes]
"""Every answer given so far; a proof is read off it."""


def evaluate(node: Expression, facts: Mapping[str, Column], known: Known) -> Outcomes:
    """
    The outcome of an expression for each project.

    Nodes are frozen and hashable, so each is answered once however often the law refers to it.

    Args:
        node: A bound expression.
        facts: The facts of n projects by name.
        known: Answers given before, added to here.

    Returns:
        One outcome a project. Shape (n,), int8.

    Example:
        >>> from dcpermit.expression.nodes import Bound, Fact
        >>> from dcpermit.expression.columns import Numbers
        >>> import numpy as np
        >>> node = Compare(Fact("new_load", unit="MW"), ">", Bound(100.0, "100", "MW"))
        >>> evaluate(node, {"new_load": Numbers(np.array([100.0, 80.0]), np.array([100.0, 150.0]))}, {})
        array([0, 1], dtype=int8)
    """
    if node not in known:
        known[node] = _answer(node, facts, known)
    return known[node]


def _answer(node: Expression, facts: Mapping[str, Column], known: Known) -> Outcomes:
    match node:
        case Compare(fact, op, bound):
            measure = facts[fact.name]
            assert isinstance(measure, Numbers)
            return measure.compare(op, bound)
        case Among(fact, choices):
            words = facts[fact.name]
            assert isinstance(words, Words)
            return words.among(choices)
        case Holds(fact):
            answers = facts[fact.name]
            assert isinstance(answers, Answers)
            return answers.outcomes
        case Refer(means=means):
            return evaluate(means, facts, known)
        case Not(part):
            return negate(evaluate(part, facts, known))
        case AllOf(parts):
            return all_of([evaluate(part, facts, known) for part in parts])
        case AnyOf(parts):
            return any_of([evaluate(part, facts, known) for part in parts])
