"""Columns read as a whole where their cells are of one kind: figures and plain texts, without a look at each cell."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
import pyarrow
import pyarrow.compute
from numpy.typing import NDArray

from dcpermit.intake.raw import Unreadable, reason

LARGEST_WHOLE = 2**53
"""Whole numbers up to this are the same number in floating point."""

_FIGURE = r"^[0-9]{1,12}(\.[0-9]{1,12})?$"
_FIGURE_BUT_THOUSANDS = r"^[0-9]{1,12}(\.([0-9]{1,2}|[0-9]{4,12}))?$"
_SIGNED = r"^[+-]?[0-9]{1,12}(\.[0-9]{1,20})?$"


Column = Sequence[Any] | NDArray[np.object_]
"""The cells of a column."""


class Held(Sequence[Any]):
    """A column as Arrow holds it; its cells are made when somebody asks for one."""

    def __init__(self, stored: Any) -> None:
        whole = isinstance(stored, pyarrow.ChunkedArray)
        stored = stored if whole else pyarrow.chunked_array([stored], stored.type)
        views = pyarrow.types.is_string_view(stored.type)  # of which Arrow computes little
        self.stored = stored.cast(pyarrow.string()) if views else stored

    def __len__(self) -> int:
        return len(self.stored)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> "Held": ...
    def __getitem__(self, at: int | slice) -> Any:
        return Held(self.stored[at]) if isinstance(at, slice) else _cell(self.stored[at])

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(self.stored.to_pylist())
        except Exception:  # a cell that Python has nothing for, which is told from the others by itself
            return map(_cell, self.stored)


def _cell(one: Any) -> Any:
    """A cell as Python holds it, or why it cannot: a day after the year 9999, a text that is not UTF-8."""
    try:
        return one.as_py()
    except Exception as error:
        what = f"is a {one.type} that cannot be read: {reason(error)}"
        return Unreadable(what, "store it as text", written=str(getattr(one, "value", "")))


def taken(cells: Column, at: NDArray[np.int64]) -> Column:
    """Some cells of a column. Shape of ``at``: (k,)."""
    if len(at) == len(cells):
        return cells
    return Held(cells.stored.take(pyarrow.array(at))) if isinstance(cells, Held) else [cells[row] for row in at]


def absent(cells: Column) -> NDArray[np.bool_]:
    """Which cells hold nothing at all, or a figure that is none. Shape (n,)."""
    if isinstance(cells, Held):
        return np.asarray(pyarrow.compute.is_null(cells.stored, nan_is_null=True).to_numpy(), bool)
    return np.fromiter((one is None for one in cells), bool, len(cells))


def with_comma(cells: Column) -> Iterator[str]:
    """The texts of a column that have a comma."""
    if isinstance(cells, Held) and not _is_text(cells.stored.type):
        return
    texts = texts_of(cells)
    if texts is not None:
        yield from texts.filter(pyarrow.compute.match_substring(texts, ",")).to_pylist()
    else:
        yield from (one for one in cells if isinstance(one, str) and "," in one)


def figures(cells: Column, signed: bool = False, thousands: str = "") -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """
    The cells that are plain figures: finite numbers, and texts of digits with at most one point.

    Args:
        cells: A column. n cells.
        signed: Whether a text may begin with a sign.
        thousands: Marks that may part thousands in a text; one that may is no plain figure.

    Returns:
        The figures, 0 where a cell is none, and which cells are. Shapes (n,).
    """
    n = len(cells)
    none = np.zeros(n), np.zeros(n, bool)
    if isinstance(cells, Held):
        kind = cells.stored.type
        if pyarrow.types.is_floating(kind) or pyarrow.types.is_integer(kind):
            return _numbers(cells.stored)
    else:
        types = set(map(type, cells)) - {type(None)}
        if types and types <= {int, float}:
            return _from_objects(cells)
    texts = texts_of(cells)
    if texts is None or not n:
        return none
    pattern = _SIGNED if signed else _FIGURE_BUT_THOUSANDS if "." in thousands else _FIGURE
    plain = pyarrow.compute.fill_null(pyarrow.compute.match_substring_regex(texts, pattern), False)
    found = pyarrow.compute.if_else(plain, texts, pyarrow.scalar("0", texts.type))
    return found.cast(pyarrow.float64()).to_numpy(zero_copy_only=False), plain.to_numpy(zero_copy_only=False)


def _numbers(stored: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A column of numbers, without those that are missing, not finite, or too large to be told apart."""
    there = pyarrow.compute.is_valid(stored).to_numpy()
    if pyarrow.types.is_integer(stored.type):
        whole = pyarrow.compute.fill_null(stored, pyarrow.scalar(0, stored.type)).to_numpy()
        plain = there & (whole <= LARGEST_WHOLE) & (whole.astype(float) >= -LARGEST_WHOLE)
        return np.where(plain, whole, 0).astype(float), plain
    # The cells are read as Python would read them: a narrow float widened, not as it is written.
    values = pyarrow.compute.fill_null(stored, pyarrow.scalar(0.0, stored.type)).to_numpy().astype(float)
    plain = there & np.isfinite(values)
    return np.where(plain, values, 0.0), plain


def _from_objects(cells: Column) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    values = np.array([0.0 if one is None or abs(one) > LARGEST_WHOLE else one for one in cells], float)
    plain = np.fromiter((one is not None and abs(one) <= LARGEST_WHOLE for one in cells), bool, len(cells))
    return np.where(plain, values, 0.0), plain


def texts_of(cells: Column) -> Any:
    """A column of texts and blanks as Arrow holds them; None where it has anything else, or no whole characters."""
    if isinstance(cells, Held):
        return cells.stored.combine_chunks() if _is_text(cells.stored.type) and _is_utf8(cells.stored) else None
    if not set(map(type, cells)) <= {str, type(None)}:
        return None
    try:
        return pyarrow.array(cells, pyarrow.string())
    except (pyarrow.ArrowException, UnicodeEncodeError):
        return None


def plain_texts(cells: Column, missing: frozenset[str]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """
    The cells that are texts to be taken as they stand.

    Args:
        cells: A column. n cells.
        missing: Words that mean nothing is known, in small letters.

    Returns:
        The cells, and which of them are such texts: of ASCII, not blank, without spaces around or a control character,
        no mark of a spreadsheet's error, and none of ``missing``. Shapes (n,).
    """
    n = len(cells)
    texts = texts_of(cells)
    if texts is None:
        return np.full(n, None, object), np.zeros(n, bool)
    compute = pyarrow.compute
    fit = compute.match_substring_regex(texts, r"^[!-\"$-~]([ -~]*[!-~])?$")
    absent = compute.is_in(compute.ascii_lower(texts), pyarrow.array(sorted(missing), texts.type))
    plain = compute.and_(compute.fill_null(fit, False), compute.invert(absent))
    return texts.to_numpy(zero_copy_only=False), plain.to_numpy(zero_copy_only=False)


def distinct(cells: Column) -> tuple[list[Any], NDArray[np.int64]]:
    """
    The different cells of a column in the order met, and which of them each row has.

    A number, a truth and a text are different though they may be equal; what cannot be compared stands alone.

    Returns:
        The different cells, and a place among them for each row. Shape (n,).
    """
    texts = texts_of(cells) if isinstance(cells, Held) else None
    if texts is not None:
        coded = texts.dictionary_encode()
        different = coded.dictionary.to_pylist()
        which = pyarrow.compute.fill_null(coded.indices, len(different)).to_numpy(zero_copy_only=False)
        return [*different, None], which.astype(np.int64)
    known: dict[tuple[type, Any], int] = {}
    found: list[Any] = []
    places = np.empty(len(cells), np.int64)
    for row, cell in enumerate(cells):
        try:
            place = known.setdefault((type(cell), cell), len(found))
        except TypeError:  # a list or an object
            place = len(found)
        if place == len(found):
            found.append(cell)
        places[row] = place
    return found, places


def _is_text(kind: Any) -> bool:
    types = pyarrow.types
    return bool(types.is_string(kind) or types.is_large_string(kind))


def _is_utf8(stored: Any) -> bool:
    """Whether texts are what they should be; a file may hold any bytes in their place."""
    try:
        stored.validate(full=True)
    except pyarrow.ArrowInvalid:
        return False
    return True
