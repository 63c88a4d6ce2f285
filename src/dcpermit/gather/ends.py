"""Differences and quotients of spans, with open ends kept open and the noise of floats kept out."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ends = tuple[Floats, Floats]

DIGITS = 12
"""Decimal digits in which figures are stated; what a float has beyond them is noise, or an open end."""

NOTHING = 1e-9
"""A figure no larger is the open end beside zero."""


def combined(operation: Callable[[Floats, Floats], Floats], one: Ends, other: Ends) -> Ends:
    """
    What a difference or a quotient of two spans can be.

    *More than 150 MW* less 50 MW is more than 100 MW: an end is open where it was made from an open end, and a
    closed end is the figure that decimals would give.

    Args:
        operation: A difference or a quotient: rising in the first, falling in the second.
        one: Least and greatest value of the first. Shapes (n,).
        other: Least and greatest value of the second, not less than nothing. Shapes (n,).

    Returns:
        Least and greatest value of the result, infinite where nothing bounds it. Shapes (n,).
    """
    low, high = _figure(one[0]), _figure(one[1])
    least, most = _figure(other[0]), _figure(other[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        bottom, top = operation(low, most), operation(high, least)
    bottom = np.where(np.isnan(bottom), -np.inf, _figure(bottom))
    top = np.where(np.isnan(top), np.inf, _figure(top))
    open_bottom = (one[0] != low) | (other[1] != most)
    open_top = (one[1] != high) | (other[0] != least)
    return (
        np.where(open_bottom & np.isfinite(bottom), np.nextafter(bottom, np.inf), bottom),
        np.where(open_top & np.isfinite(top), np.nextafter(top, -np.inf), top),
    )


def _figure(values: Floats) -> Floats:
    """Each value to so many significant digits; the infinite stays, and next to nothing is nothing. Shape (n,)."""
    plain = np.isfinite(values) & (np.abs(values) > NOTHING)
    safe = np.where(plain, values, 1.0)
    places = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(safe))))
    rounded: Floats = np.where(plain, np.round(safe * places) / places, np.where(np.isfinite(values), 0.0, values))
    return rounded
