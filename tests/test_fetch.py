"""What is fetched is whole, is what it says it is, and is the edition that was locked; or it is refused in full words."""

import ast
import gzip
import hashlib
import io
import json
import ssl
import tomllib
import zipfile
from pathlib import Path
from urllib.error import URLError
from urllib.request import OpenerDirector

import pytest
from attrs import evolve

import dcpermit
from dcpermit.errors import LandError
from dcpermit.lands.fetch.fetch import Remote, fetch, verify
from dcpermit.lands.fetch.lock import Lock, read_lock, toml
from dcpermit.lands.fetch.web import AGENT, Passing, Patience
from dcpermit.lands.lands import Lands
from dcpermit.lands.source import read_sheet
from dcpermit.version import VERSION
from fetching import QUICK, SHEET, ArcGis, Asked, File, Server, serving
from parcels import BLM, write_source

WHERE = "parks.toml [fetch]"


def packed(size: int = 300_000, name: str = "parks.gdb/a.gdbtable") -> bytes:
    """A zip archive that does not shrink."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, bytes(i * i % 251 for i in range(size)))
    return file.getvalue()


ZIP = packed()
MARKS = {"ETag": '"one"'}


@pytest.fixture(scope="module")
def running():
    with serving() as server:
        yield server


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("no_proxy", "*")
    running.answers.clear()
    running.asked.clear()
    return running


def get(remote: Remote, folder: Path, **how):
    how = {"sheet": SHEET, "patience": QUICK, **how}
    return fetch("parks", remote, folder, **how)


def refused(remote: Remote, folder: Path, **how) -> str:
    with pytest.raises(LandError) as error:
        get(remote, folder, **how)
    return str(error.value)


def at(server: Server, answer, name: str = "parks.zip", **more) -> Remote:
    server.answers[f"/{name}"] = answer
    return Remote.of({"file": server.url(f"/{name}"), **more}, WHERE)


def layer(server: Server, service: ArcGis, **more) -> Remote:
    return Remote.of({"service": service.at(server), **more}, WHERE)


def names(folder: Path, key: str = "parks") -> list[str]:
    return sorted(path.name for path in (folder / key).iterdir())


def nothing(folder: Path) -> bool:
    """Whether a fetch left nothing behind, in part or whole."""
    return list(folder.iterdir()) == []


# Where a layer is had


def test_a_remote_is_one_of_three_ways():
    assert Remote.of({"file": "https://example.gov/a/parks%20all.zip?x=1"}, WHERE).name == "parks all.zip"
    service = Remote.of({"service": "https://example.gov/MapServer/12", "where": "A = 1", "most_mb": 1.5}, WHERE)
    assert (service.name, service.clause, service.most_bytes) == ("layer.geojson", "A = 1", 1_500_000)
    assert Remote.of({"by_hand": " Go there. "}, WHERE).by_hand == "Go there."


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"fil": "https://x.gov/a.zip"}, "no such key 'fil'; did you mean 'file'?"),
        ({"file": "https://x.gov/a.zip", "zzz": 1}, "no such key 'zzz'; known are file, service, by_hand, most_mb, name, where"),
        ({}, "says none of file, service and by_hand; say exactly one"),
        ({"file": "https://x.gov/a.zip", "by_hand": "Go."}, "says file and by_hand of file, service and by_hand; say exactly one"),
        ({"file": 3}, "file is 3; write a text, or leave it out"),
        ({"by_hand": " "}, "by_hand is ' '; write a text, or leave it out"),
        ({"file": "http://x.gov/a.zip"}, "http://x.gov/a.zip is not https; anybody on the way could change what it answers"),
        ({"file": "http://localhost/a.zip"}, "http://localhost/a.zip is not https; anybody on the way could change what it answers"),
        ({"file": "http://127.0.0.1.x.gov/a.zip"}, "http://127.0.0.1.x.gov/a.zip is not https; anybody on the way could change what it answers"),
        ({"file": "ftp://127.0.0.1/a.zip"}, "ftp://127.0.0.1/a.zip is not https; anybody on the way could change what it answers"),
        ({"file": "file:///etc/a.zip"}, "'file:///etc/a.zip' is not an address; write one such as https://example.gov/parks.zip"),
        ({"file": "https://x.gov/a b.zip"}, "'https://x.gov/a b.zip' is not an address; write one such as https://example.gov/parks.zip"),
        ({"file": "https://[x/a.zip"}, "'https://[x/a.zip' is not an address: Invalid IPv6 URL"),
        ({"file": "https://me:secret@x.gov/a.zip"}, "an address with a user name or a password in it is refused; leave these out"),
        ({"file": "https://x.gov/download"}, "name is 'download'; write one that ends in .zip, .gz, .tgz, .geojson, .json, .gpkg, .parquet"),
        ({"file": "https://x.gov/"}, "'' is not the plain name of a file; write one without a path, such as parks.zip"),
        ({"file": "https://x.gov/..%2F..%2Fa.zip"}, "'../../a.zip' is not the plain name of a file; write one without a path, such as parks.zip"),
        ({"file": "https://x.gov/a.zip", "name": "C:\\a.zip"}, "'C:\\\\a.zip' is not the plain name of a file; write one without a path, such as parks.zip"),
        ({"file": "https://x.gov/a.zip", "name": ".a.zip"}, "'.a.zip' is not the plain name of a file; write one without a path, such as parks.zip"),
        ({"file": "https://x.gov/a.zip", "name": "Lock.toml"}, "'Lock.toml' is a name that a fetch keeps for itself; write another"),
        ({"file": "https://x.gov/a.zip", "most_mb": 0}, "most_mb is 0; write megabytes as a number, such as 1500"),
        ({"file": "https://x.gov/a.zip", "most_mb": True}, "most_mb is True; write megabytes as a number, such as 1500"),
        ({"file": "https://x.gov/a.zip", "most_mb": float("nan")}, "most_mb is nan; write megabytes as a number, such as 1500"),
        ({"file": "https://x.gov/a.zip", "where": "1=1"}, "where chooses features of a service; there is none here, so leave it out"),
        ({"service": "https://x.gov/FeatureServer"}, "service is 'https://x.gov/FeatureServer'; write one layer of it, such as https://.../FeatureServer/0"),
        ({"service": "https://x.gov/FeatureServer/0?f=json"}, "service is 'https://x.gov/FeatureServer/0?f=json'; write one layer of it, such as https://.../FeatureServer/0"),
        ({"service": "https://x.gov/FeatureServer/0", "name": "a.zip"}, "name is 'a.zip'; what comes from a service is kept as GeoJSON, so end it in .geojson"),
        ({"by_hand": "Go.", "name": "a.zip"}, "a file had by hand keeps its own name; leave name out"),
    ],
)  # fmt: skip
def test_a_remote_that_is_written_wrong_is_refused_with_how_to_write_it(table, message):
    with pytest.raises(LandError) as error:
        Remote.of(table, WHERE)
    assert str(error.value) == f"{WHERE}: {message}"


# One download


def test_a_file_is_downloaded_locked_and_described(server, tmp_path):
    file = File(ZIP)
    file.last_modified = "Wed, 01 Jul 2026 00:00:00 GMT"
    told = []
    got = get(at(server, file), tmp_path, progress=lambda *how: told.append(how))
    assert names(tmp_path) == ["lock.toml", "parks.zip", "source.toml"]
    assert (got.folder / "parks.zip").read_bytes() == ZIP
    assert got.lock == Lock(
        file="parks.zip",
        url=server.url("/parks.zip"),
        how="file",
        retrieved="2026-11-21",
        bytes=len(ZIP),
        sha256=hashlib.sha256(ZIP).hexdigest(),
        etag='"one"',
        last_modified="Wed, 01 Jul 2026 00:00:00 GMT",
    )
    assert verify(got.folder) == got.lock == read_lock(got.folder)
    assert told[-1] == (len(ZIP), len(ZIP), "bytes")
    sheet = read_sheet(got.folder)
    assert (sheet.source.title, sheet.source.kind, sheet.source.vintage) == ("Parks", "polygons", "2026")
    assert (sheet.official, sheet.file, sheet.source.coverage.managers) == ("parks", "parks.zip", {"NPS"})


def test_every_request_names_this_library_and_asks_for_bytes_as_they_are(server, tmp_path):
    seen = {}

    def answer(asked: Asked) -> None:
        seen.update(asked.headers)
        asked.say(ZIP)

    get(at(server, answer), tmp_path)
    assert seen["User-Agent"] == AGENT == f"dcpermit/{VERSION}"
    assert seen["Accept-Encoding"] == "identity"


def test_a_cut_connection_is_taken_up_where_it_broke(server, tmp_path):
    file = File(ZIP)
    file.cuts = [2, 100_000, 50_000]
    got = get(at(server, file), tmp_path)
    assert [wanted for _, _, wanted, _ in server.asked] == ["", "bytes=1-", "bytes=100000-", "bytes=149999-"]
    assert got.lock.sha256 == hashlib.sha256(ZIP).hexdigest()


def test_a_download_broken_off_is_taken_up_by_a_later_run(server, tmp_path):
    file = File(ZIP, etag="")
    file.last_modified = "Wed, 01 Jul 2026 00:00:00 GMT"
    file.cuts = [100_000]
    remote = at(server, file)
    assert refused(remote, tmp_path, patience=evolve(QUICK, pauses=())) == (
        f"parks: {remote.file} announced {len(ZIP):,} bytes and sent 100,000; tried 1 times. "
        "Run the command again to go on from what is there"
    )
    assert names(tmp_path, ".parks.part") == ["parks.zip.part", "parks.zip.part.json"]
    assert [path.name for path in tmp_path.iterdir()] == [".parks.part"]
    get(remote, tmp_path)
    assert server.asked[-1][2] == "bytes=99999-"
    assert names(tmp_path) == ["lock.toml", "parks.zip", "source.toml"]
    verify(tmp_path / "parks")


def test_a_download_broken_off_does_not_stand_in_the_way_of_other_sources(server, tmp_path):
    write_source(tmp_path, BLM)
    file = File(ZIP)
    file.cuts = [100_000]
    remote = at(server, file)
    refused(remote, tmp_path, patience=evolve(QUICK, pauses=()))
    assert [source.key for source in Lands.open(tmp_path).sources] == ["parcels"]
    (tmp_path / ".parks.part" / "older.zip.part").write_bytes(b"of another name")
    get(remote, tmp_path)
    assert names(tmp_path) == ["lock.toml", "parks.zip", "source.toml"]
    assert not (tmp_path / ".parks.part").exists()


def test_what_else_a_folder_holds_stays_when_it_is_fetched_again(server, tmp_path):
    remote = at(server, File(ZIP))
    get(remote, tmp_path)
    (tmp_path / "parks" / "NOTES").write_text("mine")
    get(remote, tmp_path)
    assert names(tmp_path) == ["NOTES", "lock.toml", "parks.zip", "source.toml"]
    assert not (tmp_path / ".parks.part").exists()


def test_without_a_mark_of_the_edition_a_cut_download_begins_again(server, tmp_path):
    file = File(ZIP, etag='W/"weak"')
    file.cuts = [100_000]
    get(at(server, file), tmp_path)
    assert [wanted for _, _, wanted, _ in server.asked] == ["", ""]
    verify(tmp_path / "parks")


def test_another_edition_between_attempts_is_never_mixed_with_the_first(server, tmp_path):
    file, newer = File(ZIP), packed(310_000)
    file.cuts = [100_000]
    remote = at(server, file)
    refused(remote, tmp_path, patience=evolve(QUICK, pauses=()))
    file.content, file.etag = newer, '"two"'
    got = get(remote, tmp_path)
    assert (got.folder / "parks.zip").read_bytes() == newer
    assert got.lock.etag == '"two"'


def test_a_server_that_ignores_range_is_begun_again(server, tmp_path):
    cuts = [100_000, None]
    get(at(server, lambda asked: asked.say(ZIP, cut=cuts.pop(0), **MARKS)), tmp_path)
    assert [wanted for _, _, wanted, _ in server.asked] == ["", "bytes=99999-"]
    verify(tmp_path / "parks")


@pytest.mark.parametrize(
    ("span", "etag"),
    [
        ("bytes 0-99/{n}", '"one"'),
        ("bytes 99999-{m}/7", '"one"'),
        ("bytes 99999-{m}/{n}", '"two"'),
        ("nonsense", '"one"'),
    ],
)
def test_a_part_other_than_asked_for_is_thrown_away(server, tmp_path, span, etag):
    span = span.format(n=len(ZIP), m=len(ZIP) - 1)
    answers = [
        lambda asked: asked.say(ZIP, cut=100_000, **MARKS),
        lambda asked: asked.say(b"x" * (len(ZIP) - 99_999), 206, Content_Range=span, ETag=etag),
        File(ZIP),
    ]
    get(at(server, lambda asked: answers.pop(0)(asked)), tmp_path)
    assert [wanted for _, _, wanted, _ in server.asked] == ["", "bytes=99999-", ""]
    verify(tmp_path / "parks")


def test_a_range_that_cannot_be_met_begins_again(server, tmp_path):
    answers = [
        lambda asked: asked.say(ZIP, cut=100_000, **MARKS),
        lambda asked: asked.say(b"", 416, Content_Range="bytes */5"),
        File(ZIP),
    ]
    get(at(server, lambda asked: answers.pop(0)(asked)), tmp_path)
    verify(tmp_path / "parks")


def test_a_part_nobody_asked_for_is_not_the_file(server, tmp_path):
    remote = at(server, lambda asked: asked.say(ZIP, 206, Content_Range="bytes 0-9/10"))
    assert refused(remote, tmp_path) == f"parks: {remote.file} answered 206 Partial Content, and not with the file"


def test_a_length_that_is_announced_and_never_sent_is_an_error(server, tmp_path):
    remote = at(server, lambda asked: asked.say(ZIP, length=len(ZIP) + 5, **MARKS))
    message = refused(remote, tmp_path)
    assert f"announced {len(ZIP) + 5:,} bytes and sent {len(ZIP):,}; tried 4 times" in message
    assert not (tmp_path / "parks").exists()


def test_an_archive_that_ends_before_its_end_is_refused(server, tmp_path):
    remote = at(server, lambda asked: asked.say(ZIP[:-40]))
    assert refused(remote, tmp_path) == "parks/parks.zip: is cut short or damaged (File is not a zip file)"
    assert nothing(tmp_path)


def test_a_file_over_the_cap_is_refused_before_it_is_read(server, tmp_path):
    remote = at(server, File(ZIP), most_mb=0.25)
    assert refused(remote, tmp_path) == (
        f"parks: it is {len(ZIP) / 1e6:.10g} MB, and at most 0.25 MB are taken; "
        "if that is right, take more: dcpermit lands fetch parks --most-mb 1"
    )


def test_a_file_over_the_cap_that_does_not_say_so_is_refused_when_it_gets_there(server, tmp_path):
    remote = at(server, lambda asked: asked.say(ZIP, length=None), most_mb=0.25)
    assert refused(remote, tmp_path) == (
        "parks: there is more, and at most 0.25 MB are taken; "
        "if that is right, take more: dcpermit lands fetch parks --most-mb 2"
    )
    assert nothing(tmp_path)


def test_an_archive_without_an_announced_length_proves_its_own_end(server, tmp_path):
    cuts = [100_000, None]
    remote = at(server, lambda asked: asked.say(ZIP, length=None, cut=cuts.pop(0)))
    assert refused(remote, tmp_path) == "parks/parks.zip: is cut short or damaged (File is not a zip file)"
    get(remote, tmp_path)
    verify(tmp_path / "parks")


def test_what_cannot_prove_its_end_must_announce_its_length(server, tmp_path):
    remote = at(server, lambda asked: asked.say(b'{"type":', length=None), "parks.geojson")
    assert refused(remote, tmp_path) == (
        f"parks: {remote.file} does not say how long it is, so that a cut could not be told from the end; "
        "download it by hand, then run: dcpermit lands fetch parks --from PATH"
    )


def test_a_gzip_file_is_unpacked_to_its_checksum(server, tmp_path):
    whole = gzip.compress(ZIP)
    answers = [whole[:-9], whole, gzip.compress(bytes(3_000_000))]
    remote = at(server, lambda asked: asked.say(answers.pop(0), length=None), "parks.tar.gz")
    assert "parks/parks.tar.gz: is cut short or damaged (" in refused(remote, tmp_path)
    get(remote, tmp_path)
    message = refused(remote, tmp_path)
    assert message == "parks/parks.tar.gz: unpacks to over 200 times its size, which no map does"


def chunked(asked: Asked, whole: bool) -> None:
    asked.protocol_version = "HTTP/1.1"
    asked.send_response(200)
    asked.send_header("Transfer-Encoding", "chunked")
    asked.send_header("Connection", "close")
    asked.end_headers()
    asked.wfile.write(b"b\r\n" + b'{"type": 1}' + b"\r\n" + (b"0\r\n\r\n" if whole else b""))


def test_an_answer_in_chunks_that_breaks_off_is_told_from_its_end(server, tmp_path):
    wholes = [False, True]
    got = get(at(server, lambda asked: chunked(asked, wholes.pop(0)), "parks.geojson"), tmp_path)
    assert (len(server.asked), got.lock.bytes) == (2, 11)


def test_a_web_page_is_not_an_archive(server, tmp_path):
    remote = at(server, lambda asked: asked.say(b"\n<!DOCTYPE html><title>Log in</title>"))
    assert refused(remote, tmp_path) == (
        "parks/parks.zip: what came is a web page, not a zip archive: "
        "a log-in, perhaps, or a note that the server is being mended"
    )
    assert nothing(tmp_path)


def test_what_is_not_of_the_kind_its_name_says_is_refused(server, tmp_path):
    remote = at(server, lambda asked: asked.say(b"Rar!1234"))
    assert refused(remote, tmp_path) == (
        "parks/parks.zip: what came is not a zip archive, though its name says so; it begins with b'Rar!1234'"
    )


@pytest.mark.parametrize("name", ["../../evil.gdb/a", "/etc/passwd", "..\\evil", "C:evil"])
def test_an_archive_with_a_name_that_leads_out_of_it_is_refused(server, tmp_path, name):
    remote = at(server, lambda asked: asked.say(packed(9, name)))
    assert refused(remote, tmp_path).endswith("a name that leads out of the archive; it is refused")


def test_a_server_that_is_busy_is_asked_again_after_the_pause_it_names(server, tmp_path):
    slept: list[float] = []
    answers = [
        lambda asked: asked.say(b"", 503, Retry_After="7"),
        lambda asked: asked.say(b"", 429, Retry_After="9999"),
        lambda asked: asked.say(b"", 500),
        File(ZIP),
    ]
    patience = Patience(pauses=(1.0, 2.0, 5.0), timeout_s=2, sleep=slept.append)
    get(at(server, lambda asked: answers.pop(0)(asked)), tmp_path, patience=patience)
    assert slept == [7.0, 120.0, 5.0]


def test_a_server_that_stays_busy_is_given_up(server, tmp_path):
    remote = at(server, lambda asked: asked.say(b"", 503))
    assert refused(remote, tmp_path) == (
        f"parks: {remote.file} answered 503 Service Unavailable; tried 4 times. "
        "Run the command again to go on from what is there"
    )


def test_a_file_that_is_not_there_is_asked_for_once(server, tmp_path):
    remote = at(server, lambda asked: asked.say(b"", 404))
    assert refused(remote, tmp_path) == f"parks: {remote.file} answered 404 Not Found"
    assert len(server.asked) == 1


def test_a_file_that_only_a_browser_gets_can_be_had_by_hand(server, tmp_path):
    remote = at(server, lambda asked: asked.say(b"", 403))
    assert refused(remote, tmp_path) == (
        f"parks: {remote.file} answered 403 Forbidden; if a browser gets it, download it by hand, "
        "then run: dcpermit lands fetch parks --from PATH"
    )


def test_a_silent_server_is_not_waited_for_without_end(server, tmp_path):
    remote = at(server, lambda asked: asked.say(ZIP, cut=0) or asked.rfile.read())
    patience = Patience(pauses=(), timeout_s=0.05)
    assert "timed out" in refused(remote, tmp_path, patience=patience)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(server, tmp_path, status):
    server.answers["/elsewhere"] = File(ZIP)
    got = get(at(server, lambda asked: asked.say(b"moved", status, length=10**12, Location="/elsewhere")), tmp_path)
    assert got.lock.url == server.url("/parks.zip")


@pytest.mark.parametrize(
    "to", ["http://example.gov/parks.zip", "ftp://example.gov/parks.zip", "http://localhost/x.zip"]
)
def test_a_redirect_away_from_https_is_refused(server, tmp_path, to):
    remote = at(server, lambda asked: asked.say(b"", 302, Location=to))
    assert refused(remote, tmp_path) == f"parks: {to} is not https; anybody on the way could change what it answers"


def test_a_redirect_to_a_file_is_refused(server, tmp_path):
    remote = at(server, lambda asked: asked.say(b"", 302, Location="file:///etc/hostname"))
    assert "answered 302" in refused(remote, tmp_path)


def test_a_redirect_to_no_address_is_refused(server, tmp_path):
    remote = at(server, lambda asked: asked.say(b"", 302, Location="https://[x/parks.zip"))
    assert refused(remote, tmp_path) == f"parks: {remote.file} leads to what is not an address (Invalid IPv6 URL)"


def test_a_redirect_in_a_circle_ends(server, tmp_path):
    remote = at(server, lambda asked: asked.say(b"", 302, Location="/parks.zip"))
    assert "infinite loop" in refused(remote, tmp_path)


def test_a_server_elsewhere_cannot_lead_to_this_machine(server, tmp_path, monkeypatch):
    monkeypatch.setattr("dcpermit.lands.fetch.web.is_loopback", lambda url: "elsewhere" in url)
    remote = at(server, lambda asked: asked.say(b"", 302, Location="/elsewhere"))
    assert refused(remote, tmp_path) == (
        f"parks: {remote.file} leads to {server.url('/elsewhere')}, which is this machine itself; refused"
    )


def test_a_certificate_that_cannot_be_verified_ends_it_at_once(tmp_path, monkeypatch):
    error = ssl.SSLCertVerificationError(1, "no")
    error.verify_message = "self-signed certificate"
    asked = []

    def fails(*_, **__):
        asked.append(1)
        raise URLError(error)

    monkeypatch.setattr(OpenerDirector, "open", fails)
    remote = Remote.of({"file": "https://example.gov/parks.zip"}, WHERE)
    assert refused(remote, tmp_path) == (
        "parks: the certificate of example.gov cannot be verified (self-signed certificate); nothing was fetched"
    )
    assert len(asked) == 1


def test_an_answer_packed_unasked_is_refused(server, tmp_path):
    remote = at(server, lambda asked: asked.say(gzip.compress(ZIP), Content_Encoding="gzip"))
    assert refused(remote, tmp_path) == f"parks: {remote.file} answered packed as gzip, which was not asked for"


# The lock


def test_another_edition_than_the_locked_one_is_refused_until_it_is_accepted(server, tmp_path):
    file, newer = File(ZIP), packed(310_000)
    remote = at(server, file)
    old = get(remote, tmp_path).lock.sha256
    file.content, file.etag = newer, '"two"'
    new = hashlib.sha256(newer).hexdigest()
    assert refused(remote, tmp_path) == (
        f"parks: parks.zip is another edition than the one of 2026-11-21: sha256 {new}, and {old} in lock.toml; "
        "to accept the new one, run: dcpermit lands fetch parks --fresh"
    )
    assert verify(tmp_path / "parks").sha256 == old
    server.asked.clear()
    got = get(remote, tmp_path, fresh=True, sheet={**SHEET, "retrieved": "2026-12-01"})
    assert (got.lock.sha256, got.lock.retrieved) == (new, "2026-12-01")
    assert server.asked[0][2] == f"bytes={len(newer) - 1}-", "what was refused is not downloaded again"
    verify(tmp_path / "parks")


def test_the_same_edition_fetched_again_is_the_same(server, tmp_path):
    remote = at(server, File(ZIP))
    assert get(remote, tmp_path) == get(remote, tmp_path)


def test_verify_names_the_file_that_changed(server, tmp_path):
    path = get(at(server, File(ZIP)), tmp_path).folder / "parks.zip"
    changed = bytearray(ZIP)
    changed[1000] ^= 1
    path.write_bytes(changed)
    with pytest.raises(LandError) as error:
        verify(path.parent)
    assert str(error.value) == (
        f"parks/parks.zip: has changed since it was fetched: sha256 {hashlib.sha256(changed).hexdigest()}, "
        f"and {hashlib.sha256(ZIP).hexdigest()} in lock.toml; fetch it again: dcpermit lands fetch parks"
    )
    path.write_bytes(ZIP[:1000])
    with pytest.raises(LandError) as error:
        verify(path.parent)
    assert str(error.value) == (
        f"parks/parks.zip: has 1,000 bytes, and {len(ZIP):,} in lock.toml; fetch it again: dcpermit lands fetch parks"
    )
    path.unlink()
    with pytest.raises(LandError) as error:
        verify(path.parent)
    assert str(error.value) == (
        "parks/parks.zip: is missing, though lock.toml speaks of it; fetch it again: dcpermit lands fetch parks"
    )


def test_a_folder_without_a_lock_was_not_fetched(tmp_path):
    with pytest.raises(LandError, match=r"there is no lock\.toml, so it was not fetched, or not to the end"):
        verify(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file =", "cannot be read as TOML"),
        ('files = "a.zip"', "files = 'a.zip' is not what a fetch writes"),
        ("bytes = true", "bytes = True is not what a fetch writes"),
        ('file = "a.zip"', "says nothing of url, how, retrieved, bytes, sha256"),
        (toml({"file": "../a.zip", "url": "", "how": "", "retrieved": "", "bytes": 1, "sha256": ""}), "plain name"),
    ],
)
def test_a_lock_that_no_fetch_wrote_is_refused_until_a_fresh_one_replaces_it(server, tmp_path, text, message):
    remote = at(server, File(ZIP))
    (tmp_path / "parks").mkdir()
    (tmp_path / "parks" / "lock.toml").write_text(text)
    assert message in refused(remote, tmp_path)
    get(remote, tmp_path, fresh=True)
    verify(tmp_path / "parks")


def test_a_source_that_no_fetch_put_there_is_left_alone(server, tmp_path):
    (tmp_path / "parks").mkdir()
    (tmp_path / "parks" / "source.toml").write_text("mine")
    message = refused(at(server, File(ZIP)), tmp_path)
    assert message == f"parks: {tmp_path / 'parks'} holds a source that no fetch put there; name another folder"
    assert (tmp_path / "parks" / "source.toml").read_text() == "mine"


def test_a_sheet_that_cannot_be_a_source_is_refused_before_anything_is_asked(server, tmp_path):
    remote = at(server, File(ZIP))
    sheet = {name: value for name, value in SHEET.items() if name != "licence"}
    assert refused(remote, tmp_path, sheet=sheet) == "parks/source.toml: says nothing of licence"
    message = refused(remote, tmp_path, sheet={**SHEET, "titel": "x"})
    assert message == "parks/source.toml: no such key 'titel'; did you mean 'title'?"
    assert refused(remote, tmp_path, sheet={**SHEET, "note": None}) == "parks/source.toml: None is not written as TOML"
    assert server.asked == []


def test_a_key_is_the_name_of_a_folder(tmp_path):
    for key in ("../x", "", "a/b", "."):
        with pytest.raises(LandError, match="is not the key of a layer; write letters, figures and _"):
            fetch(key, Remote.of({"by_hand": "Go."}, WHERE), tmp_path, sheet=SHEET)


def test_a_folder_that_cannot_be_written_is_said(server, tmp_path):
    (tmp_path / "parks").write_text("a file")
    assert refused(at(server, File(ZIP)), tmp_path).startswith(f"parks: cannot be kept in {tmp_path / 'parks'} (")


def test_toml_written_reads_back_as_it_was():
    table = {"a": 'tab\t"quoted" \\ \x7f \x00 Cañon 🏞\n', "b": [1, 2.5, [True, "x"]], "c d": {"e": 1e300, "é": False}}
    assert tomllib.loads(toml(table)) == table


# By hand


def test_what_is_had_by_hand_alone_says_how(tmp_path):
    remote = Remote.of(
        {"by_hand": "Download PADUS4_1Geodatabase.zip from sciencebase.gov, which checks who asks."}, WHERE
    )
    assert refused(remote, tmp_path) == (
        "parks: Download PADUS4_1Geodatabase.zip from sciencebase.gov, which checks who asks. "
        "Then run: dcpermit lands fetch parks --from PATH"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_by_hand_is_copied_in_whatever_the_way(server, tmp_path):
    mine = tmp_path / "Mine (2).zip"
    mine.write_bytes(ZIP)
    for remote in (Remote.of({"by_hand": "Go."}, WHERE), at(server, File(ZIP)), layer(server, ArcGis())):
        got = get(remote, tmp_path, path=mine)
        assert (got.lock.how, got.lock.url, got.lock.file) == ("by hand", SHEET["url"], "Mine (2).zip")
        assert verify(got.folder).sha256 == hashlib.sha256(ZIP).hexdigest()
    assert mine.read_bytes() == ZIP
    assert server.asked == []
    assert names(tmp_path) == ["Mine (2).zip", "lock.toml", "source.toml"]


def test_a_file_by_hand_is_held_to_the_cap_the_lock_and_its_kind(tmp_path):
    remote, mine = Remote.of({"by_hand": "Go.", "most_mb": 0.25}, WHERE), tmp_path / "mine.zip"
    mine.write_bytes(ZIP)
    assert refused(remote, tmp_path, path=mine) == (
        f"parks: it is {len(ZIP) / 1e6:.10g} MB, and at most 0.25 MB are taken; "
        "if that is right, take more: dcpermit lands fetch parks --most-mb 1"
    )
    mine.write_bytes(packed(1000))
    get(remote, tmp_path, path=mine)
    mine.write_bytes(packed(2000))
    assert refused(remote, tmp_path, path=mine).endswith("run: dcpermit lands fetch parks --from PATH --fresh")
    newer = tmp_path / "newer.zip"
    newer.write_bytes(packed(2000))
    get(remote, tmp_path, path=newer, fresh=True)
    assert names(tmp_path) == ["lock.toml", "newer.zip", "source.toml"], "the old edition under its old name is gone"
    newer.write_bytes(b"<html>")
    assert "is a web page" in refused(remote, tmp_path, path=newer)
    newer.write_bytes(packed(2000)[:-30])
    assert "is cut short or damaged" in refused(remote, tmp_path, path=newer)
    verify(tmp_path / "parks")


@pytest.mark.parametrize("name", ["mine.shp", "mine", "mine.rar"])
def test_a_file_of_no_known_kind_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert refused(Remote.of({"by_hand": "Go."}, WHERE), tmp_path, path=tmp_path / name) == (
        f"parks: {tmp_path / name} is not taken; a file is .zip, .gz, .tgz, .geojson, .json, .gpkg, .parquet, "
        "a folder is .gdb, and a shapefile is the .zip of it"
    )


def test_a_path_that_leads_nowhere_is_refused(tmp_path):
    message = refused(Remote.of({"by_hand": "Go."}, WHERE), tmp_path, path=tmp_path / "no.zip")
    assert message == f"parks: there is no {tmp_path / 'no.zip'}"


def test_a_geodatabase_is_copied_whole_and_locked_over_its_files(tmp_path):
    remote, mine = Remote.of({"by_hand": "Go."}, WHERE), tmp_path / "parks.gdb"
    (mine / "deep").mkdir(parents=True)
    assert refused(remote, tmp_path, path=mine) == f"parks: {mine} is no file geodatabase; it holds no .gdbtable"
    (mine / "a.gdbtable").write_bytes(b"table")
    (mine / "deep" / "b").write_bytes(b"more")
    for _ in range(2):
        got = get(remote, tmp_path, path=mine)
    assert (got.lock.file, got.lock.bytes) == ("parks.gdb", 9)
    assert verify(got.folder) == got.lock
    inside = got.folder / "parks.gdb" / "deep" / "b"
    inside.rename(inside.with_name("c"))
    with pytest.raises(LandError, match=r"parks/parks\.gdb: has changed since it was fetched"):
        verify(got.folder)
    (mine / "link").symlink_to("/etc")
    message = refused(remote, tmp_path, path=mine)
    assert message == f"parks: {mine} holds links to elsewhere; copy it whole, then name the copy"


# A layer of a service


def rows(folder: Path) -> dict[int, dict]:
    """The features of the fetched file, by number, in the order of the file."""
    data = json.loads((folder / "parks" / "layer.geojson").read_text("utf-8"))
    assert set(data) == {"type", "features"}
    return {feature["properties"]["OBJECTID"]: feature for feature in data["features"]}


def test_a_layer_is_read_whole_by_object_id(server, tmp_path):
    service, told = ArcGis(7, most=3), []
    remote = layer(server, service, where="AGENCY = 'NPS'")
    got = get(remote, tmp_path, progress=lambda *how: told.append(how))
    assert service.pages == [[1, 3, 5], [7, 9, 11], [13]]
    assert list(rows(tmp_path)) == service.ids
    assert rows(tmp_path)[5] == service.feature(5)
    assert (got.lock.how, got.lock.url, got.lock.features, got.lock.without_geometry) == (
        "service",
        remote.service,
        7,
        0,
    )
    assert told == [(3, 7, "features"), (6, 7, "features"), (7, 7, "features")]
    assert names(tmp_path) == ["layer.geojson", "lock.toml", "source.toml"]
    assert verify(got.folder) == got.lock
    queries = [form for method, path, _, form in server.asked if path.endswith("/query")]
    assert all(form["where"] == "AGENCY = 'NPS'" for form in queries if "objectIds" not in form)
    assert queries[2] == {
        "objectIds": "1,3,5",
        "outFields": "*",
        "returnGeometry": "true",
        "outSR": "4326",
        "f": "geojson",
    }


def test_a_layer_that_was_fetched_opens_as_land(server, tmp_path):
    sheet = {**SHEET, "crs": "EPSG:5070"}
    fetch("nps_boundary", layer(server, ArcGis(3)), tmp_path, sheet=sheet, patience=QUICK)
    lands = Lands.open(tmp_path)
    assert [unit.manager for unit in lands.units] == ["NPS"] * 3


def test_what_a_layer_is_made_of_does_not_hang_on_how_it_was_paged(server, tmp_path):
    one = get(layer(server, ArcGis(7, most=2)), tmp_path / "one").lock.sha256
    assert get(layer(server, ArcGis(7, most=1000)), tmp_path / "other").lock.sha256 == one


def test_a_layer_without_objectidfield_is_numbered_by_its_oid_column(server, tmp_path):
    service = ArcGis(2)
    del service.says["objectIdField"], service.says["maxRecordCount"], service.says["capabilities"]
    get(layer(server, service), tmp_path)
    assert service.pages == [[1, 3]]


def test_a_number_beside_the_properties_is_put_among_them(server, tmp_path):
    service = ArcGis(2)

    def page(asked: Asked, ids: list[int]) -> None:
        data = service.collection(ids)
        for feature in data["features"]:
            del feature["properties"]["OBJECTID"]
        asked.say_json(data)

    service.page = page
    get(layer(server, service), tmp_path)
    assert list(rows(tmp_path)) == [1, 3]


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ({"geometryType": "esriGeometryPoint"}, "{url} is a layer of esriGeometryPoint; a land layer is of esriGeometryPolygon"),
        ({"geometryType": None, "type": "Group Layer"}, "{url} is a layer of Group Layer; a land layer is of esriGeometryPolygon"),
        ({"capabilities": "Map,Data"}, "{url} cannot be queried (it can Map,Data); {hand}"),
        ({"capabilities": ""}, "{url} cannot be queried (it can nothing); {hand}"),
        ({"supportedQueryFormats": "JSON, AMF"}, "{url} does not answer in GeoJSON, but in JSON, AMF; {hand}"),
        ({"objectIdField": None, "fields": []}, "{url} has no field that numbers its features (esriFieldTypeOID); {hand}"),
        ({"error": {"code": 499, "message": "Token Required", "details": []}}, "{url} answered error 499: Token Required"),
        ({"maxRecordCount": 0, "error": "gone"}, "{url} answered error None: gone"),
    ],
)  # fmt: skip
def test_a_layer_that_cannot_serve_says_why_at_once(server, tmp_path, says, message):
    service = ArcGis()
    service.says |= says
    remote = layer(server, service)
    hand = "download it by hand, then run: dcpermit lands fetch parks --from PATH"
    assert refused(remote, tmp_path) == f"parks: {message.format(url=remote.service, hand=hand)}"
    assert len(server.asked) == 1


def test_a_wrong_where_clause_is_said_in_the_words_of_the_service(server, tmp_path):
    service = ArcGis()
    service.count = lambda asked: asked.say_json({"error": {"code": 400, "message": "", "details": ["no field X"]}})
    remote = layer(server, service)
    assert refused(remote, tmp_path) == f"parks: {remote.service} answered error 400: without a word; no field X"


def test_an_empty_layer_is_refused(server, tmp_path):
    remote = layer(server, ArcGis(0))
    assert refused(remote, tmp_path) == (
        f"parks: {remote.service} holds no feature where 1=1; an empty layer proves no absence"
    )


@pytest.mark.parametrize(
    ("count", "ids", "message"),
    [
        (9, [1, 3, 5, 7, 9, 11, 13], "counts 9 features and lists 7; run the command again"),
        (7, [1, 3, 5, 7, 9, 11, 11], "counts 7 features and lists 7, 1 of them twice; run the command again"),
        ("7", [1], "was asked for a count and answered '7'"),
        (True, [1], "was asked for a count and answered True"),
        (7, None, "was asked for OBJECTID of all features and did not answer with numbers"),
        (1, ["1"], "was asked for OBJECTID of all features and did not answer with numbers"),
    ],
)
def test_a_count_must_agree_with_the_ids(server, tmp_path, count, ids, message):
    service = ArcGis()
    service.count = lambda asked: asked.say_json({"count": count})
    service.list = lambda asked: asked.say_json({"objectIds": ids})
    remote = layer(server, service)
    assert refused(remote, tmp_path) == f"parks: {remote.service} {message}"


def test_a_layer_that_changes_while_it_is_read_is_read_again(server, tmp_path):
    service = ArcGis(5)
    plain = service.page

    def grows(asked: Asked, ids: list[int]) -> None:
        if 9 in ids and 99 not in service.ids:
            service.ids.append(99)
        plain(asked, ids)

    service.page = grows
    remote = layer(server, service)
    assert refused(remote, tmp_path) == (
        "parks: changed while it was read (5 features before, 6 after); run the command again"
    )
    assert names(tmp_path, ".parks.part") == ["pages"]
    get(remote, tmp_path)
    assert list(rows(tmp_path)) == [1, 3, 5, 7, 9, 99]


def test_a_layer_edited_while_it_is_read_is_read_again_though_it_counts_the_same(server, tmp_path):
    service, days = ArcGis(2), [1, 2, 2, 2]
    service.layer = lambda asked: asked.say_json({**service.says, "editingInfo": {"lastEditDate": days.pop(0)}})
    remote = layer(server, service)
    assert "changed while it was read (2 features before, 2 after)" in refused(remote, tmp_path)
    get(remote, tmp_path)
    assert service.pages == [[1, 3], [1, 3]], "the pages of before the edit were thrown away"


def test_a_server_that_clamps_below_what_it_declares_is_asked_for_less(server, tmp_path):
    service = ArcGis(9, most=8)
    service.page = lambda asked, ids: asked.say_json(service.collection(ids[:3], exceededTransferLimit=len(ids) > 3))
    get(layer(server, service), tmp_path)
    assert list(rows(tmp_path)) == service.ids
    assert [len(page) for page in service.pages] == [8, 4, 2, 2, 2, 2, 1]


@pytest.mark.parametrize("beside", [{"exceededTransferLimit": True}, {"properties": {"exceededTransferLimit": True}}])
def test_a_limit_exceeded_with_no_features_is_never_taken_for_an_end(server, tmp_path, beside):
    service = ArcGis(4, most=4)
    service.page = lambda asked, ids: asked.say_json(service.collection(ids if len(ids) == 1 else [], **beside))
    get(layer(server, service), tmp_path)
    assert list(rows(tmp_path)) == service.ids
    service.page = lambda asked, ids: asked.say_json(service.collection([], **beside))
    remote = layer(server, service)
    assert refused(remote, tmp_path) == (
        f"parks: {remote.service} did not give the features asked for: OBJECTID missing 1; it says that its transfer "
        "limit was exceeded; tried 4 times. If it was edited meanwhile, run the command again"
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda ids: [one for one in ids if one != 5], "missing 5"),
        (lambda ids: [*ids, 5] if 5 in ids else ids, "doubled 5"),
        (lambda ids: [5, 77] if ids == [5] else [*ids, 77] if 5 in ids else ids, "not asked for 77"),
        (lambda ids: [77 if one == 5 else one for one in ids], "missing 5, not asked for 77"),
    ],
)
def test_a_page_with_other_features_than_asked_for_names_them(server, tmp_path, wrong, message):
    service = ArcGis(4, most=4)
    service.page = lambda asked, ids: asked.say_json(service.collection(wrong(ids)))
    remote = layer(server, service)
    assert refused(remote, tmp_path) == (
        f"parks: {remote.service} did not give the features asked for: OBJECTID {message}; tried 4 times. "
        "If it was edited meanwhile, run the command again"
    )
    assert service.pages[-1] == [5]


def test_a_feature_without_a_number_is_not_one_that_was_asked_for(server, tmp_path):
    service = ArcGis(1)
    feature = service.feature(1) | {"id": "x", "properties": None}
    service.page = lambda asked, ids: asked.say_json({"type": "FeatureCollection", "features": [feature]})
    assert "OBJECTID missing 1, not asked for None" in refused(layer(server, service), tmp_path)


def test_features_without_geometry_are_kept_and_counted(server, tmp_path):
    service = ArcGis(5)
    plain = service.feature
    hollow = {3: None, 7: {"type": "Polygon", "coordinates": []}}
    service.feature = lambda number: plain(number) | ({"geometry": hollow[number]} if number in hollow else {})
    got = get(layer(server, service), tmp_path)
    assert (got.lock.features, got.lock.without_geometry) == (5, 2)
    assert got.notes == ("parks: 2 of 5 features have no geometry and cover nothing",)
    assert rows(tmp_path)[3]["geometry"] is None
    assert read_lock(got.folder) == got.lock


@pytest.mark.parametrize(
    "trouble",
    [
        lambda asked, _: asked.say(b"", 503),
        lambda asked, _: asked.say(b"", 429),
        lambda asked, _: asked.say_json({"error": {"code": 500, "message": "timed out"}}),
        lambda asked, _: asked.say_json({"error": {"code": 400, "message": "Unable to complete operation."}}),
        lambda asked, whole: asked.say(whole[: len(whole) // 2]),
        lambda asked, whole: asked.say(whole, cut=len(whole) // 2),
        lambda asked, whole: asked.say(whole.replace(b"-110.0", b"NaN")),
        lambda asked, whole: asked.say(b"\xff" + whole),
        lambda asked, _: asked.say(b"[" * 100_000),
        lambda asked, _: asked.say(b"<html>busy</html>"),
        lambda asked, _: asked.say(b"[]"),
        lambda asked, _: asked.say(b"{}"),
        lambda asked, _: asked.say(b"", 204),
        lambda asked, whole: asked.say(whole.replace(b'"Polygon"', b'"Point"')),
        lambda asked, whole: asked.say(whole.replace(b'"geometry"', b'"shape"')),
    ],
    ids="503 429 error-500 error-400 truncated cut nan not-utf8 deep html list empty 204 point no-geometry".split(),
)
def test_trouble_with_a_page_shrinks_it_and_passes(server, tmp_path, trouble):
    service = ArcGis(12, most=8)

    def page(asked: Asked, ids: list[int]) -> None:
        whole = json.dumps(service.collection(ids)).encode()
        trouble(asked, whole) if len(service.pages) == 1 else asked.say(whole)

    service.page = page
    get(layer(server, service), tmp_path)
    assert list(rows(tmp_path)) == service.ids
    assert [len(page) for page in service.pages] == [8, 2, 3, 4, 3]


def test_trouble_with_a_page_that_stays_is_said(server, tmp_path):
    service = ArcGis(12, most=8)
    service.page = lambda asked, ids: asked.say_json({"error": {"code": 500, "message": "Timed out", "details": ["a"]}})
    remote = layer(server, service)
    assert refused(remote, tmp_path) == (
        f"parks: {remote.service} answered error 500: Timed out; a; tried 4 times. "
        "If it was edited meanwhile, run the command again"
    )
    assert [len(page) for page in service.pages] == [8, 2, 1, 1, 1, 1]


def test_a_page_that_asks_for_a_token_ends_it_at_once(server, tmp_path):
    service = ArcGis()
    service.page = lambda asked, ids: asked.say_json({"error": {"code": 498, "message": "Invalid token"}})
    refused(layer(server, service), tmp_path)
    assert len(service.pages) == 1


def test_a_busy_service_is_asked_again_and_given_up_in_the_end(server, tmp_path):
    service, answers = ArcGis(2), [503, 500]
    plain = service.count
    service.count = lambda asked: asked.say(b"", answers.pop()) if answers else plain(asked)
    get(layer(server, service), tmp_path)
    service.count = lambda asked: asked.say(b"", 503)
    remote = layer(server, service)
    message = refused(remote, tmp_path)
    assert message == f"parks: {remote.service}/query answered 503 Service Unavailable; tried 4 times"


def test_coordinates_in_another_system_are_refused(server, tmp_path):
    service = ArcGis(2)
    crs = {"type": "name", "properties": {"name": "EPSG:3857"}}
    service.page = lambda asked, ids: asked.say_json(service.collection(ids, crs=crs))
    remote = layer(server, service)
    assert refused(remote, tmp_path) == (
        f"parks: {remote.service}: its coordinates are in EPSG:3857; reproject it to WGS 84 (EPSG:4326)"
    )
    crs["properties"]["name"] = "EPSG:4326"
    get(remote, tmp_path)


def test_what_is_posted_is_not_posted_elsewhere(server, tmp_path):
    service = ArcGis()
    service.count = lambda asked: asked.say(b"", 302, Location="/new")
    remote = layer(server, service)
    assert refused(remote, tmp_path) == (
        f"parks: {remote.service}/query has moved to {server.url('/new')}; write that address instead"
    )


def test_a_layer_over_the_cap_is_refused(server, tmp_path):
    service = ArcGis(60, most=10)
    remote = layer(server, service, most_mb=0.005)
    assert refused(remote, tmp_path) == (
        "parks: there is more, and at most 0.005 MB are taken; "
        "if that is right, take more: dcpermit lands fetch parks --most-mb 2"
    )
    assert len(service.pages) < 6


def interrupted(server: Server, tmp_path: Path) -> tuple[ArcGis, Remote, Path]:
    """A layer of three pages, of which two came."""
    service = ArcGis(7, most=3)
    plain = service.page
    service.page = lambda asked, ids: asked.say(b"", 404) if 13 in ids else plain(asked, ids)
    remote = layer(server, service)
    refused(remote, tmp_path)
    service.page = plain
    service.pages.clear()
    return service, remote, tmp_path / ".parks.part" / "pages"


def test_a_reading_broken_off_goes_on_with_the_pages_that_came(server, tmp_path):
    service, remote, pages = interrupted(server, tmp_path)
    assert sorted(path.name for path in pages.iterdir()) == ["1-5.json", "7-11.json", "SHA256SUMS", "edition.json"]
    digest, name = (pages / "SHA256SUMS").read_text().splitlines()[0].split("  ")
    assert hashlib.sha256((pages / name).read_bytes()).hexdigest() == digest
    get(remote, tmp_path)
    assert service.pages == [[13]]
    assert list(rows(tmp_path)) == service.ids
    assert not pages.exists()


@pytest.mark.parametrize(
    ("harm", "asked"),
    [
        (lambda pages: (pages / "7-11.json").write_bytes(b"{}"), [[7, 9, 11], [13]]),
        (lambda pages: (pages / "7-11.json").unlink(), [[7, 9, 11], [13]]),
        (lambda pages: (pages / "SHA256SUMS").write_text((pages / "SHA256SUMS").read_text()[:-12]), [[7, 9, 11], [13]]),
        (lambda pages: (pages / "SHA256SUMS").unlink(), [[1, 3, 5], [7, 9, 11], [13]]),
        (lambda pages: (pages / "edition.json").write_text("{}"), [[1, 3, 5], [7, 9, 11], [13]]),
    ],
)
def test_a_page_that_was_harmed_is_asked_for_again(server, tmp_path, harm, asked):
    service, remote, pages = interrupted(server, tmp_path)
    harm(pages)
    get(remote, tmp_path)
    assert service.pages == asked
    assert list(rows(tmp_path)) == service.ids


def test_pages_of_another_clause_are_not_mixed_in(server, tmp_path):
    service, remote, _ = interrupted(server, tmp_path)
    get(evolve(remote, clause="2=2"), tmp_path)
    assert service.pages == [[1, 3, 5], [7, 9, 11], [13]]


def test_another_edition_of_a_layer_is_refused_and_then_accepted_without_reading_it_twice(server, tmp_path):
    service = ArcGis(2)
    remote = layer(server, service)
    get(remote, tmp_path)
    service.ids.append(5)
    assert "is another edition than the one of 2026-11-21" in refused(remote, tmp_path)
    assert list(rows(tmp_path)) == [1, 3]
    service.pages.clear()
    get(remote, tmp_path, fresh=True)
    assert (service.pages, list(rows(tmp_path))) == ([], [1, 3, 5])


# The house


def test_one_module_alone_opens_the_network():
    package = Path(dcpermit.__file__).parent
    doors = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.startswith(("urllib.request", "http", "socket", "ssl", "requests")) for name in found):
                doors.add(path.relative_to(package).as_posix())
    assert doors == {"lands/fetch/web.py"}


def test_the_trouble_that_passes_stays_inside():
    assert not issubclass(Passing, dcpermit.DcpermitError)


def test_two_fetches_of_one_layer_into_one_folder_do_not_meet(server, tmp_path):
    (tmp_path / ".parks.lock").touch()
    told = refused(at(server, File(ZIP)), tmp_path)
    assert told == (
        "parks: is being fetched by another process; wait for it, or, if there is none, "
        f"remove {tmp_path / '.parks.lock'}"
    )
    (tmp_path / ".parks.lock").unlink()
    get(at(server, File(ZIP)), tmp_path)
    assert not (tmp_path / ".parks.lock").exists()
