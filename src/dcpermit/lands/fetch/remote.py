"""Where an official layer is had: as one download, from one layer of a service, or by hand."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from attrs import frozen

from dcpermit.errors import LandError, did_you_mean
from dcpermit.lands.fetch.files import SUFFIXES, check_name

KEYS = ("file", "service", "by_hand", "most_mb", "name", "where")
WAYS = ("file", "service", "by_hand")
MB = 1_000_000
MOST_MB = 2000
_LAYER = re.compile(r".+/(?:FeatureServer|MapServer)/\d+")


@frozen
class Remote:
    """
    Where an official layer is had. Of ``file``, ``service`` and ``by_hand`` one is said, and the others are empty.

    Attributes:
        name: The file name to store it under; empty where it is had by hand and keeps its own.
        file: The https address of one download.
        service: The https address of one layer of an ArcGIS service, such as ``https://.../FeatureServer/0``.
        by_hand: A sentence that tells where to download it by hand.
        clause: Which features of a service are asked for, as an ArcGIS where clause.
        most_bytes: The most that is taken [byte].
    """

    name: str = ""
    file: str = ""
    service: str = ""
    by_hand: str = ""
    clause: str = "1=1"
    most_bytes: int = MOST_MB * MB

    @classmethod
    def of(cls, table: Mapping[str, Any], where: str) -> Remote:
        """
        Reads the ``[fetch]`` table of an official layer, strictly.

        Args:
            table: Of ``file``, ``service`` and ``by_hand`` exactly one; then, as needed, ``name``, ``most_mb``
                (1 MB is a million bytes) and, for a service, ``where``.
            where: How a reader would point at the table, such as ``padus.toml [fetch]``.

        Returns:
            Where the layer is had.

        Raises:
            LandError: If a key is unknown or not of its type, an address is not https, or a name is not one
                of a file in a folder.

        Example:
            >>> Remote.of({"file": "https://example.gov/parks.zip", "most_mb": 20}, "parks.toml [fetch]")
            Remote(name='parks.zip', file='https://example.gov/parks.zip', service='', by_hand='', clause='1=1', \
most_bytes=20000000)
        """
        for key in table:
            if key not in KEYS:
                near = did_you_mean(key, KEYS)
                raise LandError(where, f"no such key {key!r}; {near or 'known are ' + ', '.join(KEYS)}")
            if key != "most_mb" and not (isinstance(table[key], str) and table[key].strip()):
                raise LandError(where, f"{key} is {table[key]!r}; write a text, or leave it out")
        ways = [way for way in WAYS if way in table]
        if len(ways) != 1:
            raise LandError(where, f"says {' and '.join(ways) or 'none'} of file, service and by_hand; say exactly one")
        most_mb = table.get("most_mb", MOST_MB)
        if isinstance(most_mb, bool) or not isinstance(most_mb, int | float) or not 0 < most_mb < 1e9:
            raise LandError(where, f"most_mb is {most_mb!r}; write megabytes as a number, such as 1500")
        if "where" in table and "service" not in table:
            raise LandError(where, "where chooses features of a service; there is none here, so leave it out")
        file, service = _address(table, "file", where), _address(table, "service", where)
        return cls(
            name=_name(table, where),
            file=file,
            service=service,
            by_hand=table.get("by_hand", "").strip(),
            clause=table.get("where", "1=1"),
            most_bytes=round(most_mb * MB),
        )

    @property
    def most(self) -> str:
        """The most that is taken, as a reader would write it."""
        return f"{self.most_bytes / MB:,.10g} MB"


def check_address(url: str, where: str) -> None:
    """
    Sees that an address is https, so that nobody on the way can change what is fetched.

    One other kind passes: http to a loopback address written in figures (``127.0.0.1``, ``[::1]``). What it
    names never leaves the machine, which is how the tests have a server; a host name, ``localhost`` among
    them, may lead anywhere and does not pass.

    Args:
        url: The address.
        where: What an error points at.

    Raises:
        LandError: If it is not such an address.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # a port that is no number is found when it is asked for
    except ValueError as error:
        raise LandError(where, f"{url!r} is not an address: {error}") from error
    if not (url.isascii() and url.isprintable() and " " not in url and parts.hostname):
        raise LandError(where, f"{url!r} is not an address; write one such as https://example.gov/parks.zip")
    if parts.username is not None or parts.password is not None:
        raise LandError(where, "an address with a user name or a password in it is refused; leave these out")
    if parts.scheme != "https" and not is_loopback(url):
        raise LandError(where, f"{url} is not https; anybody on the way could change what it answers")


def is_loopback(url: str) -> bool:
    """Whether an address is http or https to this machine itself, written in figures."""
    parts = urlsplit(url)
    try:
        return parts.scheme in ("http", "https") and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _address(table: Mapping[str, Any], key: str, where: str) -> str:
    if key not in table:
        return ""
    url = str(table[key])
    check_address(url, where)
    if key == "service" and not _LAYER.fullmatch(url):
        raise LandError(where, f"service is {url!r}; write one layer of it, such as https://.../FeatureServer/0")
    return url


def _name(table: Mapping[str, Any], where: str) -> str:
    if "by_hand" in table:
        if "name" in table:
            raise LandError(where, "a file had by hand keeps its own name; leave name out")
        return ""
    name = table.get("name", "layer.geojson")
    if "file" in table and "name" not in table:
        name = unquote(urlsplit(table["file"]).path.rsplit("/", 1)[-1])
    check_name(name, where)
    if "service" in table and not name.endswith(".geojson"):
        raise LandError(where, f"name is {name!r}; what comes from a service is kept as GeoJSON, so end it in .geojson")
    if not name.lower().endswith(SUFFIXES):
        raise LandError(where, f"name is {name!r}; write one that ends in {', '.join(SUFFIXES)}")
    return str(name)
