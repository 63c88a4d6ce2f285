"""A server on this machine that misbehaves as asked, and what the tests of fetching share."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dcpermit.lands.fetch.web import Patience

QUICK = Patience(pauses=(0.0, 0.0, 0.0), timeout_s=2.0, sleep=lambda _: None)

SHEET: dict[str, Any] = {
    "title": "Parks",
    "publisher": "An agency",
    "url": "https://example.gov/parks",
    "retrieved": "2026-11-21",
    "licence": "Public domain",
    "crs": "EPSG:4326",
    "accuracy_m": 50,
    "vintage": "2026",
    "coverage": {"boxes": [[-125.0, 24.0, -66.0, 50.0]], "complete": False, "managers": ["NPS"]},
}


class Asked(BaseHTTPRequestHandler):
    """One request. What answers it is a function of it, found by its path."""

    server: "Server"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.form: dict[str, str] = {}
        self._answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer()

    def _answer(self) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append((self.command, path, self.headers.get("Range", ""), self.form))
        self.server.answers[path](self)

    def say(
        self, body: bytes, status: int = 200, *, length: int | None = -1, cut: int | None = None, **headers: str
    ) -> None:
        """Answers; -1 is the true length, None announces none, ``cut`` sends that many bytes and breaks off."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if length is not None:
            self.send_header("Content-Length", str(len(body) if length == -1 else length))
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])

    def say_json(self, data: Any, **how: Any) -> None:
        self.say(json.dumps(data).encode(), **how)


class Server(ThreadingHTTPServer):
    """The server; ``asked`` is what came, in order."""

    daemon_threads = False
    block_on_close = True

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Asked], None]] = {}
        self.asked: list[tuple[str, str, str, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), Asked)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class File:
    """A file on the server, resumable by Range and If-Range as it should be, until told otherwise."""

    def __init__(self, content: bytes, etag: str = '"one"') -> None:
        self.content = content
        self.etag = etag
        self.cuts: list[int] = []  # after how many bytes each of the next answers breaks off
        self.last_modified = ""

    def __call__(self, asked: Asked) -> None:
        marks = {name: mark for name, mark in (("ETag", self.etag), ("Last_Modified", self.last_modified)) if mark}
        cut = self.cuts.pop(0) if self.cuts else None
        wanted, same = asked.headers.get("Range"), asked.headers.get("If-Range") in (self.etag, self.last_modified)
        if wanted and same:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            span = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
            asked.say(self.content[start:], 206, cut=cut, Content_Range=span, **marks)
        else:
            asked.say(self.content, cut=cut, **marks)


SQUARE = [[[-110.0, 40.0], [-109.0, 40.0], [-109.0, 41.0], [-110.0, 41.0], [-110.0, 40.0]]]


class ArcGis:
    """A layer of ``n`` squares numbered 1, 3, 5, ..., well-behaved until one of its doors is replaced."""

    def __init__(self, n: int = 7, most: int = 3) -> None:
        self.ids = [2 * i + 1 for i in range(n)]
        self.says: dict[str, Any] = {
            "type": "Feature Layer",
            "geometryType": "esriGeometryPolygon",
            "capabilities": "Map,Query,Data",
            "supportedQueryFormats": "JSON, geoJSON",
            "maxRecordCount": most,
            "objectIdField": "OBJECTID",
            "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "AGENCY", "type": "esriFieldTypeString"}],
        }  # fmt: skip
        self.pages: list[list[int]] = []
        self.layer: Callable[[Asked], None] = lambda asked: asked.say_json(self.says)
        self.count: Callable[[Asked], None] = lambda asked: asked.say_json({"count": len(self.ids)})
        self.list: Callable[[Asked], None] = lambda asked: asked.say_json(
            {"objectIdFieldName": "OBJECTID", "objectIds": self.ids[::-1]}
        )
        self.page: Callable[[Asked, list[int]], None] = lambda asked, ids: asked.say_json(self.collection(ids))

    def at(self, server: Server, path: str = "/rest/FeatureServer/0") -> str:
        server.answers[path] = lambda asked: self.layer(asked)
        server.answers[f"{path}/query"] = self._query
        return server.url(path)

    def collection(self, ids: list[int], **beside: Any) -> dict[str, Any]:
        return {"type": "FeatureCollection", **beside, "features": [self.feature(one) for one in ids[::-1]]}

    def feature(self, number: int) -> dict[str, Any]:
        geometry = {"type": "Polygon", "coordinates": SQUARE}
        properties = {
            "OBJECTID": number,
            "UNIT_CODE": f"U{number}",
            "UNIT_NAME": f"Cañon {number}",
            "UNIT_TYPE": "National Park",
        }
        return {"type": "Feature", "id": number, "geometry": geometry, "properties": properties}

    def _query(self, asked: Asked) -> None:
        if "returnCountOnly" in asked.form:
            self.count(asked)
        elif "returnIdsOnly" in asked.form:
            self.list(asked)
        else:
            ids = [int(one) for one in asked.form["objectIds"].split(",")]
            self.pages.append(ids)
            self.page(asked, ids)
