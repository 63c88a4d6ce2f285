"""One polygon layer of an ArcGIS service, read by object id until every feature is proved to be there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from attrs import frozen

from dcpermit.errors import InputError, LandError
from dcpermit.geojson import check_crs, parse
from dcpermit.lands.fetch.download import too_large
from dcpermit.lands.fetch.pages import Pages
from dcpermit.lands.fetch.remote import Remote
from dcpermit.lands.fetch.web import Passing, Patience, Progress, opened, read_at_most

MOST_PER_PAGE = 500
"""Servers that declare thousands per answer run out of time over large multipolygons."""

_PASSING_CODES = range(500, 600)
_BARRED_CODES = (401, 403, 498, 499)


@frozen
class Service:
    """
    What a layer says of itself.

    Attributes:
        id_field: Which field numbers its features.
        most_per_page: How many features it declares to give at once.
        edited: When it was last edited, where it says so.
    """

    id_field: str
    most_per_page: int
    edited: str


@frozen
class Counted:
    """
    What was read of a layer.

    Attributes:
        features: How many features there are.
        without_geometry: How many of these have no geometry.
    """

    features: int
    without_geometry: int


@frozen
class _Asker:
    """Whom to ask, and with how much patience."""

    key: str
    remote: Remote
    patience: Patience

    def ask(
        self, what: str, values: Mapping[str, Any] | None, most_bytes: int, *, page: bool = False
    ) -> tuple[bytes, Mapping[str, Any]]:
        """One answer, as it came and as it reads. Raises Passing where it may go better in a moment, and LandError."""
        url = self.remote.service + what
        data = None if values is None else urlencode(values).encode()
        with opened(self.key, url, self.patience, data=data) as response:
            if response.status != 200:
                raise Passing(f"{url} answered {response.status} {response.reason}")
            body = read_at_most(response, most_bytes)
        if body is None:
            raise too_large(self.key, self.remote)
        answer = self.parsed(body)
        if answer.get("error") is not None:
            self._refused(answer["error"], page)
        return body, answer

    def parsed(self, body: bytes) -> Mapping[str, Any]:
        """An answer as JSON. Raises Passing where it is none, as one that was cut short is."""
        try:
            answer = parse(body.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise Passing(f"{self.remote.service} answered with what is not JSON ({error})") from None
        if not isinstance(answer, Mapping):
            raise Passing(f"{self.remote.service} answered with JSON that is not an object")
        return answer

    def patiently(self, what: str, values: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """One answer, asked for again while the trouble may pass. Raises LandError."""
        attempt = 0
        while True:
            try:
                return self.ask(what, values, self.remote.most_bytes)[1]
            except Passing as trouble:
                if attempt >= len(self.patience.pauses):
                    raise LandError(self.key, f"{trouble}; tried {attempt + 1} times") from None
                self.patience.wait(attempt, trouble)
                attempt += 1

    def _refused(self, error: Any, page: bool) -> None:
        """Errors come with status 200. A page that is too much for a server may be refused with any code."""
        said = error if isinstance(error, Mapping) else {"message": str(error)}
        code, details = said.get("code"), said.get("details") or []
        words = [str(said.get("message") or "without a word"), *(details if isinstance(details, list) else [details])]
        what = f"{self.remote.service} answered error {code}: {'; '.join(str(word) for word in words if word)}"
        if code in _PASSING_CODES or code == 429 or (page and code not in _BARRED_CODES):
            raise Passing(what)
        raise LandError(self.key, what)


def read_service(
    key: str, remote: Remote, folder: Path, merged: Path, patience: Patience, progress: Progress | None
) -> Counted:
    """
    Reads every feature of a layer into one GeoJSON file.

    Servers clamp pages below what is asked, give rows in no order, answer errors as if all were well, and are
    edited meanwhile. So features are counted and listed first, then asked for by id, and a page counts only if
    it holds exactly the ids it was asked for; last, they are counted and listed again. Shapes are never simplified.

    Args:
        key: The layer.
        remote: Where it is.
        folder: Where pages are kept as they came, so that a later run goes on from these; the caller removes it.
        merged: The file to write: GeoJSON in longitude and latitude (RFC 7946, its rings wound as the service
            winds them), in the order of the ids.
        patience: How often a trouble is sat out, and how long a server may be silent.
        progress: Told how many features are there.

    Returns:
        How many features there are, and how many of these without a geometry.

    Raises:
        LandError: If the layer cannot be asked, is not of polygons, holds nothing, does not give the features it
            counts, or changed while it was read.

    Source:
        ArcGIS REST API, "Query (Feature Service/Layer)"; RFC 7946.
    """
    asker = _Asker(key, remote, patience)
    service = _service(asker)
    ids = _ids(asker, service)
    pages = Pages.of(folder, {"url": remote.service, "where": remote.clause, "edited": service.edited}, ids)
    _fill(asker, service, pages, ids, progress)
    again = _ids(asker, service)
    if again != ids or _service(asker).edited != service.edited:
        what = f"changed while it was read ({len(ids):,} features before, {len(again):,} after); run the command again"
        raise LandError(key, what)
    return _merge(asker, service, pages, ids, merged)


def _service(asker: _Asker) -> Service:
    """What the layer says of itself, if it can be asked for polygons."""
    key, says = asker.key, asker.patiently("?f=json", None)
    url = asker.remote.service
    if says.get("geometryType") != "esriGeometryPolygon":
        kind = says.get("geometryType") or says.get("type") or "something without geometry"
        raise LandError(key, f"{url} is a layer of {kind}; a land layer is of esriGeometryPolygon")
    can = says.get("capabilities")
    if can is not None and "Query" not in str(can).split(","):
        raise LandError(key, f"{url} cannot be queried (it can {can or 'nothing'}); {_by_hand(key)}")
    formats = str(says.get("supportedQueryFormats") or "geoJSON")
    if "geojson" not in formats.lower():
        raise LandError(key, f"{url} does not answer in GeoJSON, but in {formats}; {_by_hand(key)}")
    fields = [field for field in says.get("fields") or [] if isinstance(field, Mapping)]
    oids = [field.get("name") for field in fields if field.get("type") == "esriFieldTypeOID"]
    id_field = says.get("objectIdField") or next(iter(oids), None)
    if not isinstance(id_field, str):
        raise LandError(key, f"{url} has no field that numbers its features (esriFieldTypeOID); {_by_hand(key)}")
    most, editing = says.get("maxRecordCount"), says.get("editingInfo")
    return Service(
        id_field,
        min(most, MOST_PER_PAGE) if isinstance(most, int) and most > 0 else MOST_PER_PAGE,
        str(editing.get("lastEditDate") or "") if isinstance(editing, Mapping) else "",
    )


def _by_hand(key: str) -> str:
    return f"download it by hand, then run: dcpermit lands fetch {key} --from PATH"


def _ids(asker: _Asker, service: Service) -> list[int]:
    """The ids of all features in rising order, as many as the layer counts."""
    key, url, where = asker.key, asker.remote.service, {"where": asker.remote.clause, "f": "json"}
    count = asker.patiently("/query", {**where, "returnCountOnly": "true"}).get("count")
    if not _whole(count):
        raise LandError(key, f"{url} was asked for a count and answered {count!r}")
    if count == 0:
        raise LandError(key, f"{url} holds no feature where {asker.remote.clause}; an empty layer proves no absence")
    ids = asker.patiently("/query", {**where, "returnIdsOnly": "true"}).get("objectIds")
    if not isinstance(ids, list) or not all(_whole(one) for one in ids):
        raise LandError(key, f"{url} was asked for {service.id_field} of all features and did not answer with numbers")
    found = sorted(set(ids))
    if len(ids) != count or len(found) != count:
        twice = f", {len(ids) - len(found):,} of them twice" if len(found) < len(ids) else ""
        raise LandError(key, f"{url} counts {count:,} features and lists {len(ids):,}{twice}; run the command again")
    return found


def _fill(asker: _Asker, service: Service, pages: Pages, ids: Sequence[int], progress: Progress | None) -> None:
    """Asks for what is not there yet, in pages that shrink while there is trouble and grow when it has passed."""
    done, total_bytes = pages.held(ids)
    if total_bytes > asker.remote.most_bytes:
        raise too_large(asker.key, asker.remote, total_bytes)
    ceiling = size = service.most_per_page
    attempt = 0
    while done < len(ids):
        asked = ids[done : done + size]
        try:
            body = _page(asker, service, asked, asker.remote.most_bytes - total_bytes)
        except Passing as trouble:
            if len(asked) == 1:
                if attempt >= len(asker.patience.pauses):
                    what = f"{trouble}; tried {attempt + 1} times. If it was edited meanwhile, run the command again"
                    raise LandError(asker.key, what) from None
                asker.patience.wait(attempt, trouble)
                attempt += 1
            elif isinstance(trouble, _OtherIds):
                ceiling = size = max(1, len(asked) // 2)  # it clamps, and will again
            else:
                size = max(1, len(asked) // 4)
                asker.patience.wait(0, trouble)
            continue
        pages.keep(asked, body)
        done, total_bytes, attempt = done + len(asked), total_bytes + len(body), 0
        size = min(size + max(1, size // 4), ceiling)
        if progress:
            progress(done, len(ids), "features")


class _OtherIds(Passing):
    """A page holds other features than were asked for."""


def _page(asker: _Asker, service: Service, asked: Sequence[int], most_bytes: int) -> bytes:
    """One page as it came, if it holds exactly the features asked for. Raises Passing, and LandError."""
    values = {
        "objectIds": ",".join(map(str, asked)),
        "outFields": "*",
        "returnGeometry": "true",
        "outSR": "4326",
        "f": "geojson",
    }
    body, answer = asker.ask("/query", values, most_bytes, page=True)
    wanted, came = set(asked), Counter(_id(feature, service) for feature in _features(asker, answer))
    wrong: dict[str, list[int | None]] = {
        "missing": [one for one in asked if one not in came],
        "not asked for": [one for one in came if one not in wanted],
        "doubled": [one for one, times in came.items() if times > 1],
    }
    if any(wrong.values()):
        said = ", ".join(f"{what} {_listed(which)}" for what, which in wrong.items() if which)
        of = answer.get("properties")
        full = answer.get("exceededTransferLimit") or (isinstance(of, Mapping) and of.get("exceededTransferLimit"))
        limit = "; it says that its transfer limit was exceeded" if full else ""
        raise _OtherIds(f"{asker.remote.service} did not give the features asked for: {service.id_field} {said}{limit}")
    return body


def _features(asker: _Asker, answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The features of a page. Raises Passing where it is not GeoJSON, and LandError where it is not in degrees."""
    features = answer.get("features")
    if answer.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise Passing(f"{asker.remote.service} answered with what is not a GeoJSON FeatureCollection")
    try:
        check_crs(answer, asker.remote.service)
    except InputError as error:
        raise LandError(asker.key, str(error)) from None
    for feature in features:
        if not isinstance(feature, Mapping) or "geometry" not in feature:
            raise Passing(f"{asker.remote.service} answered with a feature that says nothing of its geometry")
        geometry = feature["geometry"] or {"type": "Polygon", "coordinates": []}
        kind = geometry.get("type") if isinstance(geometry, Mapping) else "nothing"
        if kind not in ("Polygon", "MultiPolygon") or not isinstance(geometry.get("coordinates"), list):
            raise Passing(f"{asker.remote.service} answered with a feature that is no polygon, but {kind}")
    return features


def _merge(asker: _Asker, service: Service, pages: Pages, ids: Sequence[int], merged: Path) -> Counted:
    """Writes all pages as one file, a page in memory at a time, and counts what it writes."""
    rows = empty = 0
    with merged.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for body in pages.bodies(ids):
            by_id = {_id(feature, service): feature for feature in _features(asker, asker.parsed(body))}
            for number, feature in sorted(by_id.items()):
                file.write("\n" if rows == 0 else ",\n")
                file.write(json.dumps(_row(feature, number, service), ensure_ascii=False, separators=(",", ":")))
                rows += 1
                empty += not (feature["geometry"] or {}).get("coordinates")
        file.write("\n]}\n")
    if rows != len(ids):
        raise LandError(asker.key, f"{len(ids):,} features were counted and {rows:,} kept; run the command again")
    return Counted(rows, empty)


def _row(feature: Mapping[str, Any], number: int | None, service: Service) -> dict[str, Any]:
    properties = {service.id_field: number, **(feature.get("properties") or {})}
    return {"type": "Feature", "id": number, "geometry": feature["geometry"], "properties": properties}


def _id(feature: Mapping[str, Any], service: Service) -> int | None:
    """The number of a feature: among its properties, or where a server keeps it beside them, its id."""
    properties = feature.get("properties")
    found = properties.get(service.id_field) if isinstance(properties, Mapping) else None
    found = feature.get("id") if found is None else found
    return found if _whole(found) else None


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _listed(which: Sequence[int | None]) -> str:
    more = f" and {len(which) - 10:,} more" if len(which) > 10 else ""
    return ", ".join(map(str, which[:10])) + more
