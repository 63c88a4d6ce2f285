"""KML to columns of cells. Each placemark is a row; nothing that the file points to is opened."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import shapely
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError
from dcpermit.intake import caps
from dcpermit.intake.raw import Raw, Unreadable, reason, warning

_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track", "MultiTrack")
_MANY = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
_OWN = ("name", "description", "address")
Element = ElementTree.Element


def read_kml(name: str, content: bytes) -> Raw:
    """
    The placemarks of a KML file, with their name, description, address and extended data.

    Raises:
        InputError: It is not whole XML, declares entities, or has no placemark.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InputError.at(name, "declares XML entities, which no KML needs", "export it again", "not_what_it_says")
    placemarks, links = _read(name, content)
    if not placemarks:
        how = "save the linked file and give that" if links else "write each project as a Placemark"
        raise InputError.at(name, "has no placemark", how, "not_a_list")
    notes = []
    if links:
        what = f"{links} network link{'s' if links > 1 else ''} in it; linked content is not fetched"
        notes.append(warning("", what, "save what is linked and give that as a list", "network_link"))
    headers = dict.fromkeys(key for cells, _ in placemarks for key in cells)
    caps.within_table(len(placemarks), len(headers), name)
    columns = {header: [cells.get(header) for cells, _ in placemarks] for header in headers}
    geometry = [shape for _, shape in placemarks]
    places = tuple(f"placemark {place}" for place in range(1, len(placemarks) + 1))
    return Raw("KML", columns, places, geometry, problems=tuple(notes))


def _read(name: str, content: bytes) -> tuple[list[tuple[dict[str, str], Any]], int]:
    """Cells and shape of each placemark, and how many network links there are; elements are let go once read."""
    found: list[tuple[dict[str, str], Any]] = []
    links, inside, deepest = 0, 0, caps.most("DEPTH")
    parser: Any = ElementTree.XMLPullParser(("start", "end"))
    depth = 0
    try:
        for start in range(0, len(content), 2**16):
            parser.feed(content[start : start + 2**16])
            for event, element in parser.read_events():
                tag = _tag(element)
                depth += 1 if event == "start" else -1
                if depth > deepest:
                    raise caps.over("DEPTH", depth, deepest, name)
                inside += (tag == "Placemark") * (1 if event == "start" else -1)
                if event == "end" and not inside:
                    links += tag == "NetworkLink"
                    if tag == "Placemark":
                        caps.within("ROWS", len(found) + 1, name)
                        found.append((_cells(element), _shape(element)))
                    element.clear()
        parser.close()
    except InputError:
        raise
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # the last two of an encoding
        raise InputError.at(name, f"is not whole XML: {reason(error)}", "export it again", "truncated") from None
    return found, links


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _cells(placemark: Element) -> dict[str, str]:
    cells = {_tag(child): _text(child) for child in placemark if _tag(child) in _OWN and _text(child)}
    for element in placemark.iter():
        if _tag(element) == "Data":
            value = next((child for child in element if _tag(child) == "value"), None)
            if value is not None:
                cells[element.get("name", "")] = _text(value)
        elif _tag(element) == "SimpleData":
            cells[element.get("name", "")] = _text(element)
    return cells


def _shape(placemark: Element) -> BaseGeometry | Unreadable | None:
    """The shape of a placemark, or why there is none that can be read."""
    try:
        shapes = [made for child in placemark if _tag(child) in _SHAPES for made in _shapes(child)]
    except (ValueError, shapely.errors.ShapelyError) as error:
        return Unreadable(
            f"its coordinates cannot be read ({reason(error)})",
            "write them lon,lat,height",
            "not_a_geometry",
            str(error)[:80],
        )
    if len(shapes) < 2:
        return shapes[0] if shapes else None
    kinds = {one.geom_type for one in shapes}
    return _MANY.get(kinds.pop() if len(kinds) == 1 else "", shapely.GeometryCollection)(shapes)


def _shapes(element: Element) -> Iterator[BaseGeometry]:
    match _tag(element):
        case "MultiGeometry":
            for child in element:
                yield from _shapes(child)
        case "Point":
            yield from (shapely.Point(point) for point in _points(element))
        case "LineString" | "LinearRing":
            yield shapely.LineString(_points(element))
        case "Polygon":
            rings: dict[str, list[Any]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
            for child in element:
                if _tag(child) in rings:
                    rings[_tag(child)] += [_points(ring) for ring in child]
            if len(rings["outerBoundaryIs"]) != 1:
                raise ValueError("a polygon needs one outer ring")
            yield shapely.Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])
        case "Model" | "Track" | "MultiTrack":
            raise ValueError(f"a {_tag(element)} is no place of a project")


def _points(element: Element) -> list[tuple[float, float]]:
    """Longitude and latitude of the coordinates of a shape [degrees]."""
    text = next((_text(child) for child in element if _tag(child) == "coordinates"), "")
    points = [tuple(float(part) for part in one.split(",")) for one in text.split()]
    if any(len(point) not in (2, 3) for point in points):
        raise ValueError(f"{text[:40]!r}")
    return [(point[0], point[1]) for point in points]
