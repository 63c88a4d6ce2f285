"""What an outcome hangs on: of a proof, the leaves that make it what it is."""

from collections.abc import Iterator

from dcpermit.expression.proof import Proof


def reasons(proof: Proof) -> tuple[Proof, ...]:
    """
    The leaves that an outcome hangs on, each once, in the order of the proof.

    Of *all of* that fails these are the parts that fail, of *any of* that meets those that meet; of what is UNKNOWN,
    what nobody has said. So a reader sees in a line what a whole proof says.

    Args:
        proof: Why, node by node.

    Example:
        >>> from dcpermit.outcome import Outcome
        >>> load, use = Proof("new_load > 1 MW", Outcome.MEETS), Proof("for_ai", Outcome.FAILS)
        >>> [one.text for one in reasons(Proof("all of", Outcome.FAILS, parts=(load, use), op="all_of"))]
        ['for_ai']
    """
    return tuple({(one.text, one.note): one for one in _leaves(proof)}.values())


def _leaves(proof: Proof) -> Iterator[Proof]:
    if not proof.parts:
        yield proof
    for part in proof.parts:
        # Under "not" the one part decides, whatever its outcome.
        if proof.op == "not" or part.outcome is proof.outcome:
            yield from _leaves(part)
