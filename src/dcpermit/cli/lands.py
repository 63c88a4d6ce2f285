"""The commands of ``dcpermit lands``: what is opened, whether it is whole, where more is had, what lies at a place."""

import argparse
import json
import math
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import shapely

from dcpermit.errors import InputError, LandError
from dcpermit.findings import LandAnswer
from dcpermit.landanswer import lands_at
from dcpermit.lands.fetch.fetch import Progress, Remote, fetch, verify
from dcpermit.lands.fetch.lock import NAME as LOCK
from dcpermit.lands.lands import Lands, default_folder, prepare_sources
from dcpermit.lands.layers.official import Official, official, official_layers
from dcpermit.lands.layers.read import sources_at
from dcpermit.lands.source import LandSource, read_sheet
from dcpermit.lands.store import check_store, is_store
from dcpermit.record import RECORD
from dcpermit.report.map import map_format
from dcpermit.report.site import write_site_map
from dcpermit.terminal import (
    ALL,
    NOTHING,
    SOME,
    Commands,
    add_command,
    apart,
    lands_option,
    law_options,
    read_lands,
    read_law,
    say,
)

INTO = "lands"
"""The folder that layers are fetched into where no other is named."""

PREPARED = "prepared"
"""The folder that prepared sources are put into where no other is named."""

BETWEEN_S = 2.0
"""How long a fetch is silent between two words on how far it is [s]."""


def add_lands(commands: Commands) -> None:
    """Adds ``lands`` and its commands to the command line."""
    says = "The land sources: list, check, fetch them, or ask what lies at a place."
    lands = commands.add_parser("lands", help=says, description=says, epilog="example: dcpermit lands at 36.1 -112.1")
    inner = lands.add_subparsers(title="commands", required=True, metavar="COMMAND")

    add = partial(add_command, inner)
    listed = add("list", _list, "The sources opened, and the official ones that can be had.", "dcpermit lands list")
    lands_option(listed)

    check = add("check", _check, "Opens every source of a folder and sees that none changed.", "dcpermit lands check")
    check.add_argument("folder", nargs="?", metavar="DIR", help="a folder of land sources (default: what ships)")

    fetched = add(
        "fetch",
        _fetch,
        "Fetches an official source, or copies in what was downloaded by hand.",
        "dcpermit lands fetch tiger_aiannh --into lands",
    )
    fetched.add_argument("source", metavar="SOURCE", help="its key, as in: dcpermit lands list")
    fetched.add_argument("--from", dest="path", metavar="PATH", help="a file downloaded by hand, or a folder .gdb")
    fetched.add_argument("--into", default=INTO, metavar="DIR", help="the folder of land sources (default: lands)")
    fetched.add_argument("--fresh", action="store_true", help="accept another edition than the one fetched before")
    fetched.add_argument("--most-mb", type=float, metavar="N", help="the most to take, in megabytes")
    fetched.add_argument("--on", metavar="DAY", help="the day to note as the one it was fetched (default: today)")

    prepare = add(
        "prepare",
        _prepare,
        "Prepares sources once, so that they open at once from then on, however large.",
        "dcpermit lands prepare lands --into prepared",
    )
    prepare.add_argument(
        "path", nargs="?", metavar="SOURCE|PATH", help="a source fetched before, a folder of sources or a polygon file"
    )
    prepare.add_argument("--into", default=PREPARED, metavar="DIR", help="the folder for them (default: prepared)")

    at = add(
        "at",
        _at,
        "What lies at a place: how certain, by which source, and what would settle the rest.",
        "dcpermit lands at 36.1 -112.1 --accuracy 200",
    )
    at.add_argument("lat", type=_degrees(90), metavar="LAT", help="latitude, WGS 84 decimal degrees, south negative")
    at.add_argument("lon", type=_degrees(180), metavar="LON", help="longitude, WGS 84 decimal degrees, west negative")
    at.add_argument("--accuracy", type=_metres, default=0.0, metavar="M", help="how far off the place may be [m]")
    at.add_argument("--map", help="where to write a map of the place and its surroundings, as .html, .svg or .png")
    at.add_argument("--json", action="store_true", help="the answer as JSON")
    law_options(at)


def _degrees(most: int) -> Callable[[str], float]:
    def degrees(text: str) -> float:
        try:
            value = float(text.replace("\N{MINUS SIGN}", "-").rstrip("°,"))
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no number; write decimal degrees, such as -112.1") from None
        if not abs(value) <= most:
            raise argparse.ArgumentTypeError(f"{text} is not within {most} degrees; latitude is first, then longitude")
        return value

    return degrees


def _metres(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no distance; write metres as a number, such as 200")
    return value


def _list(options: argparse.Namespace) -> int:
    lands = read_lands(options)
    print(f"Sources opened, from {options.lands or 'what ships'}")
    for ground in lands.grounds:
        print("\n".join(_opened(ground.source, len(ground.units))))
    print("\nOfficial sources that can be had")
    for one in official_layers().values():
        print(f"{one.key}\t{one.title}\t{one.publisher}\t{_how_had(one)}")
    return ALL


def _opened(source: LandSource, units: int) -> list[str]:
    coverage = source.coverage
    lines = [
        source.key,
        f"  {source.title} ({source.publisher})",
        f"  {units:,} units of {source.role}; vintage {source.vintage or 'not said'}; "
        f"retrieved {source.retrieved or 'not said'}; sha256 {source.sha256[:12]}",
        "  accuracy: " + ("in its boxes" if source.kind == "extents" else f"{source.accuracy_m:g} m"),
    ]
    if coverage.complete:
        lines.append("  coverage: every federal and tribal unit of its ground")
    for says, codes in (
        ("holds", coverage.managers),
        ("holds in full", coverage.complete_for),
        ("leaves out", coverage.not_covered),
    ):
        if codes:
            lines.append(f"  {says}: {', '.join(sorted(codes))}")
    return lines


def _how_had(one: Official) -> str:
    most = f", up to {one.fetch['most_mb']:,} MB" if "most_mb" in one.fetch else ""
    return f"{one.command}{most}" if one.fetch else "not to be had by a command"


def _check(options: argparse.Namespace) -> int:
    folder = Path(options.folder) if options.folder else default_folder()
    paths = (folder,) if is_store(folder) else sources_at(folder)
    wrong = 0
    for path in paths:
        try:
            if is_store(path):
                check_store(path)
            lands = Lands.open(path)
            locked = f", as fetched on {verify(path).retrieved}" if (path / LOCK).exists() else ""
        except LandError as error:
            wrong += 1
            print(f"{path.name}: wrong")
            say(str(error))
            continue
        print(f"{path.name}: {len(lands.units):,} units{locked}")
        for note in lands.notes:
            print(f"  {note}")
    say(f"{len(paths) - wrong} of {len(paths)} sources are as they say they are")
    return NOTHING if wrong == len(paths) else SOME if wrong else ALL


def _prepare(options: argparse.Namespace) -> int:
    path = Path(options.path) if options.path else Path(INTO) if Path(INTO).is_dir() else default_folder()
    if not path.exists() and (Path(INTO) / path).exists():
        path = Path(INTO) / path
    for made in prepare_sources(path, options.into):
        print(made)
        for note in Lands.open(made).notes:
            say(f"  {note}")
    say(f"ask them with: --lands {options.into}")
    return ALL


def _fetch(options: argparse.Namespace) -> int:
    layer = official(options.source, "dcpermit lands fetch")
    table = dict(layer.fetch)
    if options.most_mb is not None:
        table["most_mb"] = options.most_mb
    remote = Remote.of(table, f"{layer.key}.toml [fetch]")
    try:
        day = date.fromisoformat(options.on) if options.on else date.today()
    except ValueError:
        raise InputError.at("--on", f"{options.on!r} is no day", "write it as 2026-11-21", "not_a_day") from None
    say(f"{layer.title} ({layer.publisher})")
    say(f"from {options.path or remote.file or remote.service or layer.url}")
    got = fetch(
        layer.key,
        remote,
        options.into,
        sheet=_sheet(layer, day),
        path=options.path,
        progress=_progress(),
        fresh=options.fresh,
    )
    for note in got.notes:
        say(note)
    lands = Lands.open(got.folder)
    for note in lands.notes:
        say(note)
    print(f"{got.folder}: {len(lands.units):,} units, {got.lock.bytes:,} bytes, sha256 {got.lock.sha256}")
    say(f"now ask with --lands {options.into}")
    return ALL


def _sheet(layer: Official, day: date) -> dict[str, Any]:
    """What the ``source.toml`` of a fetched layer is to say; it is never said to be complete."""
    boxes = layer.settles_within or tuple(
        box
        for folder in sorted(default_folder().iterdir())
        if (folder / "source.toml").is_file()
        for box in read_sheet(folder).source.coverage.boxes
    )
    managers = layer.settles or [code for code in [layer.values.get("manager", "UNKNOWN")] if code != "UNKNOWN"]
    return {
        "title": layer.title,
        "publisher": layer.publisher,
        "url": layer.url,
        "retrieved": day.isoformat(),
        "licence": layer.licence,
        "crs": "",
        "accuracy_m": layer.accuracy_m,
        "role": layer.role,
        "coverage": {"boxes": [list(box) for box in boxes], "complete": False, "managers": list(managers)},
    }


def _progress() -> Progress:
    """Says now and then how far a fetch is."""
    said = time.monotonic()

    def progress(done: int, total: int | None, what: str) -> None:
        nonlocal said
        if time.monotonic() - said >= BETWEEN_S or done == total:
            said = time.monotonic()
            amount = f"{done / 1e6:,.1f}" if what == "bytes" else f"{done:,}"
            whole = "" if total is None else f" of {total / 1e6:,.1f}" if what == "bytes" else f" of {total:,}"
            say(f"  {amount}{whole} {'MB' if what == 'bytes' else what}")

    return progress


def _at(options: argparse.Namespace) -> int:
    if options.map:
        map_format(options.map)
        apart([options.lands], [options.map])
    law, lands = read_law(options), read_lands(options)
    answer = lands_at(lands, law, options.lat, options.lon, options.accuracy)
    place = f"{options.lat:g}, {options.lon:g}"
    if options.map:
        point = shapely.Point(options.lon, options.lat)
        title = f"The land around {place}"
        write_site_map(options.map, lands, point, options.accuracy, title, answer.explain())
        say(f"written: {options.map}")
    if options.json:
        print(json.dumps(_data(options, law.day, lands, answer), indent=2, ensure_ascii=False))
    else:
        within = f", within {options.accuracy:g} m" if options.accuracy else ""
        print(f"Land at {place}{within}\n\n{answer.explain()}")
    return ALL


def _data(options: argparse.Namespace, day: date, lands: Lands, answer: LandAnswer) -> dict[str, Any]:
    return {
        "lat": options.lat,
        "lon": options.lon,
        "accuracy_m": options.accuracy,
        "day": day.isoformat(),
        "lands_digest": lands.digest,
        "lands": RECORD.unstructure(answer),
    }
