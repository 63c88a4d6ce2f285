"""Boxes instead of boundaries: enclosing and inside boxes of one land unit, found on a lattice of cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import shapely
from attrs import frozen
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

MILLI = 1000  # boxes are counted in thousandths of a degree
M_PER_DEGREE_NORTH = 110_540.0  # the least over all latitudes, so that a margin is never too small
M_PER_DEGREE_EAST = 111_300.0  # at the equator, as above
MOST_CELLS = 400  # along the longer side of a unit; finer cells would begin to trace its outline

Box = tuple[int, int, int, int]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


@frozen
class Lattice:
    """The cells over one unit, `step` thousandths of a degree wide, counted from its south-west corner."""

    west: int
    south: int
    step: int
    rows: int
    columns: int

    @classmethod
    def over(cls, shape: BaseGeometry, margin_m: float) -> Lattice:
        """The lattice over a shape: cells of half its margin, coarser where the unit is large."""
        west, south, east, north = shape.bounds
        finest = margin_m / M_PER_DEGREE_NORTH / 2
        step = max(1, math.ceil(MILLI * max(finest, max(east - west, north - south) / MOST_CELLS)))
        left, low = (math.floor(edge * MILLI / step) * step for edge in (west, south))
        rows = math.ceil((north * MILLI - low) / step) + 1
        columns = math.ceil((east * MILLI - left) / step) + 1
        return cls(left, low, step, rows, columns)

    def bounds(self, row: NDArray[np.int64], column: NDArray[np.int64], size: int) -> Floats:
        """West, south, east, north of blocks of `size` by `size` cells [degree]. Shape (n, 4)."""
        west, south = self.west + column * self.step, self.south + row * self.step
        side = self.step * size
        return np.stack([west, south, west + side, south + side], axis=1) / MILLI

    def row_km2(self) -> Floats:
        """The area of a cell in each row [km2]. Shape (rows,)."""
        latitude = np.radians((self.south + (np.arange(self.rows) + 0.5) * self.step) / MILLI)
        side = self.step / MILLI * 111.2
        return np.asarray(side * side * np.cos(latitude), dtype=np.float64)


def widened(bounds: Floats, margin_m: float) -> Floats:
    """Boxes grown on all sides by a margin [m], taken at their highest latitude. Shape (n, 4) [degree]."""
    highest = np.abs(bounds[:, [1, 3]]).max(axis=1)
    east = margin_m / (M_PER_DEGREE_EAST * np.cos(np.radians(np.minimum(highest + 0.1, 89))))
    north = np.full(len(bounds), margin_m / M_PER_DEGREE_NORTH)
    return np.asarray(bounds + np.stack([-east, -north, east, north], axis=1), dtype=np.float64)


def mark(lattice: Lattice, judge: Callable[[Floats], tuple[Mask, Mask]], partly: bool) -> Mask:
    """
    The cells of a lattice that a judge accepts, asked block by block from large to small.

    Args:
        lattice: The cells.
        judge: Says of boxes, shape (n, 4), which are wholly accepted and which may hold accepted cells.
        partly: Whether a single cell that is not wholly accepted, but may be, counts.

    Returns:
        One answer per cell. Shape (rows, columns).
    """
    size = 1 << (max(lattice.rows, lattice.columns) - 1).bit_length()
    mask = np.zeros((size, size), dtype=np.bool_)
    row = column = np.zeros(1, dtype=np.int64)
    while len(row):
        whole, some = judge(lattice.bounds(row, column, size))
        for r, c in zip(row[whole], column[whole], strict=True):
            mask[r : r + size, c : c + size] = True
        row, column = row[some & ~whole], column[some & ~whole]
        if size == 1:
            mask[row, column] = partly
            break
        size //= 2
        row = (row[:, None] + np.array([0, 0, size, size])).ravel()
        column = (column[:, None] + np.array([0, size, 0, size])).ravel()
    return mask[: lattice.rows, : lattice.columns]


def touched(lattice: Lattice, shape: BaseGeometry) -> Mask:
    """The cells a shape touches. Shape (rows, columns)."""
    shapely.prepare(shape)

    def judge(bounds: Floats) -> tuple[Mask, Mask]:
        boxes = shapely.box(*bounds.T)
        return shapely.contains(shape, boxes), shapely.intersects(shape, boxes)

    return mark(lattice, judge, partly=True)


def wholly_inside(
    lattice: Lattice, shapes: Sequence[BaseGeometry], avoid: Sequence[BaseGeometry], margin_m: float
) -> Mask:
    """The cells that lie, with their margin [m], inside every shape and off the ground to avoid."""
    for shape in (*shapes, *avoid):
        shapely.prepare(shape)

    def judge(bounds: Floats) -> tuple[Mask, Mask]:
        boxes, wide = shapely.box(*bounds.T), shapely.box(*widened(bounds, margin_m).T)
        whole = np.logical_and.reduce([shapely.contains(shape, wide) for shape in shapes])
        some = np.logical_and.reduce([shapely.intersects(shape, boxes) for shape in shapes])
        for ground in avoid:
            whole &= ~shapely.intersects(ground, wide)
        return whole, some

    return mark(lattice, judge, partly=False)


def _ends(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and one past the last accepted row of each column; (rows, 0) where there is none."""
    rows = mask.shape[0]
    some = mask.any(axis=0)
    first = np.where(some, mask.argmax(axis=0), rows)
    last = np.where(some, rows - mask[::-1].argmax(axis=0), 0)
    return first, last


def _best_cut(mask: Mask, across: Floats, along: Floats) -> tuple[float, int]:
    """The column before which a cut drops the most empty area, each half shrunk to its cells."""
    first, last = _ends(mask)
    some, n = first < last, mask.shape[1]
    place = np.arange(n)
    left = (along[np.maximum.accumulate(np.where(some, place + 1, 0))] - along[0]) * (
        across[np.maximum.accumulate(last)] - across[np.minimum.accumulate(first)]
    )
    right = (along[n] - along[np.minimum.accumulate(np.where(some, place, n)[::-1])[::-1]]) * (
        across[np.maximum.accumulate(last[::-1])[::-1]] - across[np.minimum.accumulate(first[::-1])[::-1]]
    )
    dropped = (along[n] - along[0]) * (across[-1] - across[0]) - left[:-1] - right[1:]
    best = int(dropped.argmax())
    return float(dropped[best]), best + 1


def _shrunk(mask: Mask, box: Box) -> Box:
    south, north, west, east = box
    part = mask[south:north, west:east]
    row, column = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return south + int(row[0]), south + int(row[-1]) + 1, west + int(column[0]), west + int(column[-1]) + 1


def enclosing(mask: Mask, row_km2: Floats, gain_km2: float) -> list[Box]:
    """Boxes (first and last row, first and last column) around the accepted cells, cut while it pays."""
    rows, columns = mask.shape
    south = np.concatenate([[0.0], np.cumsum(row_km2)])
    todo, done = [_shrunk(mask, (0, rows, 0, columns))], []
    while todo:
        box = todo.pop()
        part = mask[box[0] : box[1], box[2] : box[3]]
        up, over = south[box[0] : box[1] + 1], np.arange(part.shape[1] + 1, dtype=np.float64)
        by_column = _best_cut(part, up, over) if part.shape[1] > 1 else (0.0, 0)
        by_row = _best_cut(part.T, over, up) if part.shape[0] > 1 else (0.0, 0)
        if max(by_column[0], by_row[0]) < gain_km2:
            done.append(box)
        elif by_column[0] >= by_row[0]:
            cut = box[2] + by_column[1]
            todo += [_shrunk(mask, (*box[:2], box[2], cut)), _shrunk(mask, (*box[:2], cut, box[3]))]
        else:
            cut = box[0] + by_row[1]
            todo += [_shrunk(mask, (box[0], cut, *box[2:])), _shrunk(mask, (cut, box[1], *box[2:]))]
    return done


def _largest(mask: Mask, south: Floats) -> tuple[float, Box]:
    """The largest rectangle of accepted cells, row by row as the largest one under a histogram."""
    best, where = 0.0, (0, 0, 0, 0)
    start = np.arange(mask.shape[0])
    heights = start[:, None] - np.maximum.accumulate(np.where(mask, -1, start[:, None]), axis=0)
    for row in np.flatnonzero(mask.any(axis=1)).tolist():
        stack: list[tuple[int, int]] = []
        top = float(south[row + 1])
        for column, height in enumerate([*heights[row].tolist(), 0]):
            left = column
            while stack and stack[-1][1] >= height:
                left, tall = stack.pop()
                area = (column - left) * (top - south[row + 1 - tall])
                if area > best:
                    best, where = float(area), (row + 1 - tall, row + 1, left, column)
            if height:
                stack.append((left, height))
    return best, where


def _stretched(mask: Mask, box: Box) -> Box:
    south, north, west, east = box
    while south and mask[south - 1, west:east].all():
        south -= 1
    while north < mask.shape[0] and mask[north, west:east].all():
        north += 1
    while west and mask[south:north, west - 1].all():
        west -= 1
    while east < mask.shape[1] and mask[south:north, east].all():
        east += 1
    return south, north, west, east


def inside(mask: Mask, row_km2: Floats, gain_km2: float, first_km2: float) -> list[Box]:
    """Boxes of accepted cells only, the largest first, while each adds `gain_km2` (the first: `first_km2`)."""
    south = np.concatenate([[0.0], np.cumsum(row_km2)])
    todo, done = [(0, mask.shape[0], 0, mask.shape[1])], []
    while todo:
        low, high, left, right = todo.pop()
        least = gain_km2 if done else first_km2
        window = mask[low:high, left:right]
        if float((window.sum(axis=1) * row_km2[low:high]).sum()) < least:
            continue
        low, high, left, right = _shrunk(mask, (low, high, left, right))
        area, (a, b, c, d) = _largest(mask[low:high, left:right], south[low : high + 1])
        if area < least:
            continue
        a, b, c, d = a + low, b + low, c + left, d + left
        done.append(_stretched(mask, (a, b, c, d)))
        todo += [(low, a, left, right), (b, high, left, right), (a, b, left, c), (a, b, d, right)]
    return done
