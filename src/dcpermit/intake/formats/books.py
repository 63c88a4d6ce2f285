"""What all sheets of a workbook share: their titles, the texts and formats that cells refer to, the day dates begin."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import IO, Any
from xml.etree import ElementTree
from xml.parsers import expat

from attrs import frozen

from dcpermit import optional

_PIECE = 2**16
YES = ("1", "true")


@frozen(eq=False)
class Book:
    """
    A workbook whose sheets can be read.

    Attributes:
        name: The file, for messages.
        archive: Its parts.
        sheets: The part that each sheet is kept in, by its title, in their order.
        hidden: The titles of those that are not shown.
        texts: The texts that cells refer to by number.
        styles: The number format of each style, by its number.
        day_zero: The day from which dates are counted.
    """

    name: str
    archive: zipfile.ZipFile
    sheets: Mapping[str, str]
    hidden: tuple[str, ...]
    texts: list[str]
    styles: tuple[str, ...]
    day_zero: Any


def open_book(name: str, archive: zipfile.ZipFile) -> Book:
    """
    A workbook, its sheets not yet read.

    Raises:
        InputError: openpyxl, which knows the formats of dates, is not installed.
        Exception: Whatever a damaged part makes its reader raise.
    """
    dates = optional.load("openpyxl.utils.datetime", "excel", name)
    main = next(
        (
            one["Target"]
            for one in _relations(archive, "_rels/.rels").values()
            if one["Type"].endswith("/officeDocument")
        ),
        "xl/workbook.xml",
    ).lstrip("/")
    at = PurePosixPath(main)
    relations = _relations(archive, f"{at.parent}/_rels/{at.name}.rels")
    sheets: dict[str, str] = {}
    hidden: list[str] = []
    from_1904 = False
    for element in _xml(archive, main).iter():
        match local(element.tag):
            case "workbookPr":
                from_1904 = element.get("date1904", "") in YES
            case "sheet":
                said = {local(key): value for key, value in element.items()}
                relation = relations.get(said.get("id", ""), {})
                if relation.get("Type", "").endswith("/worksheet"):  # others are charts and dialogs
                    sheets[said["name"]] = _target(at, relation["Target"])
                    hidden += [said["name"]] if said.get("state", "visible") != "visible" else []
    parts = {one["Type"].rpartition("/")[2]: _target(at, one["Target"]) for one in relations.values()}
    texts = _texts(archive, parts["sharedStrings"]) if "sharedStrings" in parts else []
    styles = _styles(archive, parts["styles"]) if "styles" in parts else ()
    zero = dates.MAC_EPOCH if from_1904 else dates.WINDOWS_EPOCH
    return Book(name, archive, sheets, tuple(hidden), texts, styles, zero)


def events(
    file: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    enough: Callable[[], bool] | None = None,
) -> None:
    """Has XML taken in piece by piece, until its end or until it is enough."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _no_doctype
    while piece := file.read(_PIECE):
        parser.Parse(piece, False)
        if enough and enough():
            return
    parser.Parse(b"", True)


def _no_doctype(*_: Any) -> None:
    raise ValueError("it declares XML entities, which no workbook needs")


@cache
def local(tag: str) -> str:
    """A tag without its prefix or namespace."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _xml(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    content = archive.read(part)
    if b"<!DOCTYPE" in content:
        _no_doctype()
    return ElementTree.fromstring(content)


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, dict[str, str]]:
    """What a part refers to, by the id it uses for it."""
    found = _xml(archive, part).iter() if part in archive.namelist() else ()
    return {one.get("Id", ""): dict(one.items()) for one in found if local(one.tag) == "Relationship"}


def _target(at: PurePosixPath, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(at.parent / target)


def _texts(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The shared texts, without how they are spoken and what they look like."""
    found: list[str] = []
    pieces: list[str] = []
    taking = aloud = False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal taking, aloud
        tag = local(tag)
        aloud = aloud or tag == "rPh"
        taking = tag == "t" and not aloud

    def end(tag: str) -> None:
        nonlocal taking, aloud
        tag = local(tag)
        taking = False
        aloud = aloud and tag != "rPh"
        if tag == "si":
            found.append("".join(pieces))
            pieces.clear()

    def text(piece: str) -> None:
        if taking:
            pieces.append(piece)

    with archive.open(part) as file:
        events(file, start, end, text)
    return found


def _styles(archive: zipfile.ZipFile, part: str) -> tuple[str, ...]:
    """The number format of each style."""
    root = _xml(archive, part)
    known: dict[str, str] = {
        str(number): code
        for number, code in optional.load("openpyxl.styles.numbers", "excel", part).BUILTIN_FORMATS.items()
    }
    known |= {one.get("numFmtId", ""): one.get("formatCode", "") for one in root.iter() if local(one.tag) == "numFmt"}
    return tuple(known.get(one.get("numFmtId", "0"), "General") for one in _children(root, "cellXfs"))


def _children(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (one for parent in root if local(parent.tag) == name for one in parent)
