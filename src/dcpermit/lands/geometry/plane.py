"""
The plane in which land is measured: longitude and latitude on a cylinder of equal areas.

An area in it is the area on the ellipsoid, everywhere, so the nation needs no zones and has no seams; a box of
degrees stays a box. Distances are stretched east and west by one factor and north and south by its inverse, which
``scale`` gives for a latitude.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Shapes = NDArray[np.object_]

# WGS 84 with true scale at 30 degrees: the plane that EPSG:6933 names.
A, F = 6_378_137.0, 1 / 298.257223563
E2 = F * (2 - F)
E = math.sqrt(E2)
K0 = math.cos(math.radians(30)) / math.sqrt(1 - E2 * math.sin(math.radians(30)) ** 2)
POLE = 1 - (1 - E2) / (2 * E) * math.log((1 - E) / (1 + E))
"""What ``_q`` is at the pole."""

M_PER_DEGREE = 110_500.0
"""Less than a degree of latitude anywhere, so that a margin is never too small."""

LEAST_RADIUS_M = 6_335_000.0
"""Less than the radius of a meridian anywhere, so that an angle is never too small."""

STRAIGHT_DEGREES = 0.01
"""Edges are straight in degrees. Cut no longer than this in latitude, the plane bends one by centimetres."""


def to_plane(degrees: Floats) -> Floats:
    """
    Points of the plane from longitude and latitude.

    Args:
        degrees: Longitude, latitude, and again as often as wanted [degree]. Shape (n, 2k).

    Returns:
        East and north in the plane [m]. Shape (n, 2k).

    Source:
        Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987), p. 81 f.
    """
    plane = np.empty_like(degrees, dtype=np.float64)
    plane[:, 0::2] = A * K0 * np.radians(degrees[:, 0::2])
    plane[:, 1::2] = A / (2 * K0) * _q(np.sin(np.radians(degrees[:, 1::2])))
    return plane


def to_degrees(plane: Floats) -> Floats:
    """
    Longitude and latitude [degree] of points of the plane [m]. Shapes (n, 2).

    Source:
        As above, with the series of its equation 3-18, and one step of Newton's after it.
    """
    q = np.clip(plane[:, 1] * (2 * K0 / A), -POLE, POLE)
    beta = np.arcsin(q / POLE)
    lat = (
        beta
        + (E2 / 3 + 31 * E2**2 / 180 + 517 * E2**3 / 5040) * np.sin(2 * beta)
        + (23 * E2**2 / 360 + 251 * E2**3 / 3780) * np.sin(4 * beta)
        + 761 * E2**3 / 45360 * np.sin(6 * beta)
    )
    sine = np.sin(lat)
    slope = 2 * (1 - E2) * np.cos(lat) / (1 - E2 * sine**2) ** 2
    lat += np.where(slope > 1e-6, (q - _q(sine)) / np.maximum(slope, 1e-6), 0.0)
    return np.stack([np.degrees(plane[:, 0] / (A * K0)), np.degrees(lat)], axis=1)


def scale(latitude: Floats) -> tuple[Floats, Floats]:
    """
    How many metres on the ground a metre of the plane is, going east and going north.

    Args:
        latitude: Latitudes [degree]. Shape (n,).

    Returns:
        The factor going east and its inverse, going north. Shapes (n,).
    """
    lat = np.radians(np.clip(latitude, -89.9, 89.9))
    east = np.cos(lat) / (K0 * np.sqrt(1 - E2 * np.sin(lat) ** 2))
    return east, 1 / east


def strain(south: Floats, north: Floats, reach_m: Floats) -> Floats:
    """
    By what factor, at most, a length differs from the one measured with the ``scale`` of one latitude.

    Args:
        south: The least latitude, the scale being taken midway to the greatest [degree]. Shape (n,).
        north: The greatest latitude [degree]. Shape (n,).
        reach_m: How far beyond either the length may lead [m on the ground]. Shape (n,).

    Returns:
        The factor, 1 or more. Shape (n,).
    """
    # The logarithm of the scale changes with latitude by no more than its tangent: from the middle to either end at
    # once, and from there on little by little.
    beyond = reach_m / LEAST_RADIUS_M
    far = np.radians(np.maximum(np.abs(south), np.abs(north))) + beyond
    steep = np.tan(np.minimum(far, 1.55))
    within = np.minimum(steep * np.radians(north - south) / 2, 5.0)
    rise = np.clip(steep * beyond, 1e-12, 5.0)
    factor: Floats = np.exp(within) * np.expm1(rise) / rise
    return factor


def _q(sine: Floats) -> Floats:
    value: Floats = (1 - E2) * (sine / (1 - E2 * sine**2) + np.arctanh(E * sine) / E)
    return value
