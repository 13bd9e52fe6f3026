from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from discovery.interface import Surroundings
from discovery.observation import Family, IgdEvidence, Missed, Observation, Seen, Why
from discovery.router import ssdp, upnp, upnp_process
from discovery.router.upnp import UpnpMethod
from tests.discovery.router.fake_igd import Body, FakeIgd, drip, exhibit, flood, honest
from tests.support.tools import absent

HEALTHY = exhibit("description_healthy")
NOBODY = 30.0  # seconds; no passing test waits that long


@pytest.fixture(autouse=True)
def _library() -> None:
    if upnp_process.library_folder() is None:
        absent("needs miniupnpc, which has no wheel for this Python")


def look(method: UpnpMethod, family: Family = Family.V4) -> Observation:
    return asyncio.run(method.observe(family))


def ask(
    description: Body, *, limit: float = NOBODY, **answers: Body | tuple[int, bytes]
) -> tuple[Observation, list[str]]:
    with FakeIgd(description, honest(**answers)) as igd:
        return look(UpnpMethod(location=igd.location, worker_limit=limit)), igd.requests


def why(observation: Observation) -> Why | None:
    return observation.why if isinstance(observation, Missed) else None


@pytest.mark.parametrize(
    ("exhibited", "expected"),
    [
        ("description_healthy", None),
        ("description_version_2", None),
        ("description_entity_bomb", None),
        ("description_media_server", Why.MALFORMED),
        ("description_login_page", Why.MALFORMED),
        ("description_cut_in_the_middle", Why.MALFORMED),
        ("description_control_url_on_the_internet", Why.FOREIGN),
        ("description_base_on_the_internet", Why.FOREIGN),
        ("description_host_hidden_in_userinfo", Why.FOREIGN),
        ("description_host_hidden_behind_a_query", Why.FOREIGN),
    ],
)
def test_every_description_of_the_museum_ends_as_it_should(
    exhibited: str, expected: Why | None
) -> None:
    observation, requests = ask(exhibit(exhibited))
    assert why(observation) is expected
    if expected is not None:
        assert not any(request.startswith("POST") for request in requests)


@pytest.mark.parametrize(
    ("exhibited", "expected"),
    [
        ("address_public", None),
        ("address_surrounded_by_spaces", None),
        ("address_empty", Why.NO_ADDRESS),
        ("address_zero", Why.NO_ADDRESS),
        ("address_private", Why.NOT_PUBLIC),
        ("address_shared_by_the_provider", Why.NOT_PUBLIC),
        ("address_of_a_ds_lite_tunnel", Why.NOT_PUBLIC),
        ("address_of_ip_version_6", Why.WRONG_FAMILY),
        ("address_in_words", Why.MALFORMED),
        ("address_too_long", Why.MALFORMED),
        ("address_with_leading_zeros", Why.MALFORMED),
        ("address_with_escapes", Why.MALFORMED),
        ("description_login_page", Why.REFUSED),
    ],
)
def test_every_address_of_the_museum_ends_as_it_should(
    exhibited: str, expected: Why | None
) -> None:
    assert why(ask(HEALTHY, GetExternalIPAddress=exhibit(exhibited))[0]) is expected


@pytest.mark.parametrize(
    ("exhibited", "expected"),
    [
        ("status_connected", None),
        ("status_up", None),
        ("fault_action_failed", None),
        ("status_disconnected", Why.DOWN),
        ("status_authenticating", Why.DOWN),
    ],
)
def test_every_status_of_the_museum_ends_as_it_should(exhibited: str, expected: Why | None) -> None:
    assert why(ask(HEALTHY, GetStatusInfo=exhibit(exhibited))[0]) is expected


def test_a_router_tells_what_it_knows_besides_the_address() -> None:
    seen, _ = ask(HEALTHY)
    assert isinstance(seen, Seen)
    assert isinstance(seen.evidence, IgdEvidence)
    assert (seen.evidence.status, seen.evidence.uptime_s) == ("Connected", 4242)


def test_a_router_that_refuses_to_tell_is_a_refusal() -> None:
    fault = (500, exhibit("fault_action_failed"))
    assert why(ask(HEALTHY, GetExternalIPAddress=fault)[0]) is Why.REFUSED


def test_bytes_that_are_no_text_are_a_refusal() -> None:
    junk = exhibit("address_public").replace(b"81.2.69.142", b"\xff\xfe\xfd")
    assert why(ask(HEALTHY, GetExternalIPAddress=junk)[0]) is Why.REFUSED


def test_where_the_first_wan_service_is_dead_the_second_is_believed() -> None:
    answers = honest() | {
        "/ctl/IPConn GetStatusInfo": exhibit("status_disconnected"),
        "/ctl/IPConn GetExternalIPAddress": exhibit("address_zero"),
    }
    with FakeIgd(exhibit("description_dead_ip_service_first"), answers) as igd:
        seen = look(UpnpMethod(location=igd.location))
    assert isinstance(seen, Seen)
    assert "POST /ctl/PPPConn GetExternalIPAddress" in igd.requests


def test_where_no_wan_service_has_an_address_the_first_one_speaks() -> None:
    answers = honest() | {
        "/ctl/IPConn GetStatusInfo": exhibit("status_disconnected"),
        "/ctl/PPPConn GetExternalIPAddress": exhibit("address_private"),
    }
    with FakeIgd(exhibit("description_dead_ip_service_first"), answers) as igd:
        assert why(look(UpnpMethod(location=igd.location))) is Why.DOWN
    assert "POST /ctl/PPPConn GetExternalIPAddress" in igd.requests


# Hostile routers. The worker is watched: whatever happens, no process is left behind.


def children() -> set[int]:
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


def own_peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads Linux's /proc")


@needs_proc
@pytest.mark.parametrize(
    ("description", "limit", "expected"),
    [
        pytest.param(drip, 0.3, Why.SILENT, id="drips one byte at a time"),
        pytest.param(flood(300 << 20), NOBODY, Why.OVERSIZED, id="sends 300 MB"),
        pytest.param(flood(10 << 20), NOBODY, Why.OVERSIZED, id="sends 10 MB"),
        pytest.param(b"", NOBODY, Why.REFUSED, id="sends nothing"),
    ],
)
def test_a_hostile_description_is_one_sentence_and_no_process_and_no_memory(
    description: Body, limit: float, expected: Why
) -> None:
    before, memory = children(), own_peak()
    missed, _ = ask(description, limit=limit)
    assert isinstance(missed, Missed)
    assert missed.why is expected
    assert "\n" not in missed.detail
    assert children() <= before
    assert own_peak() - memory < 32 << 10, "kilobytes"


@needs_proc
@pytest.mark.parametrize(
    ("answer", "limit", "expected"),
    [(drip, 0.3, Why.SILENT), (flood(300 << 20), NOBODY, Why.OVERSIZED)],
)
def test_a_hostile_answer_is_one_sentence_and_no_process(
    answer: Body, limit: float, expected: Why
) -> None:
    before = children()
    missed, _ = ask(HEALTHY, limit=limit, GetExternalIPAddress=answer)
    assert why(missed) is expected
    assert children() <= before


@needs_proc
def test_cancelling_kills_the_worker_before_it_returns() -> None:
    reached = threading.Event()

    def hang(connection: object, stop: threading.Event) -> None:
        reached.set()
        stop.wait(NOBODY)

    async def main(location: str) -> None:
        before = children()
        task = asyncio.create_task(UpnpMethod(location=location).observe(Family.V4))
        await asyncio.to_thread(reached.wait, NOBODY)
        assert children() > before
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert children() <= before

    with FakeIgd(hang, {}) as igd:
        asyncio.run(main(igd.location))


def test_an_off_lan_control_url_is_never_connected_to() -> None:
    with FakeIgd(HEALTHY, honest(), host="127.0.0.2") as stranger:
        elsewhere = f"http://{stranger.host}:{stranger.port}/ctl/IPConn".encode()
        missed, requests = ask(HEALTHY.replace(b"/ctl/IPConn", elsewhere))
        assert why(missed) is Why.FOREIGN
        assert requests == ["GET /rootDesc.xml"]
        assert stranger.requests == []


# What the worker prints is not trusted either.


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("print('x' * 200000, flush=True); import time; time.sleep(60)", Why.OVERSIZED),
        ("print('not json')", Why.MALFORMED),
        ("print('[]')", Why.MALFORMED),
        ("print('[' * 60000)", Why.MALFORMED),
        ("print('{}'); raise SystemExit(3)", Why.MALFORMED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", Why.MALFORMED),
        ("import os; os.close(1); import time; time.sleep(60)", Why.SILENT),
        ("pass", Why.MALFORMED),
    ],
)
def test_a_worker_gone_mad_is_a_miss(
    script: str, expected: Why, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mad = tmp_path / "mad.py"
    mad.write_text(script)
    monkeypatch.setattr(upnp_process, "_WORKER", mad)
    limit = 0.5 if expected is Why.SILENT else NOBODY
    method = UpnpMethod(location="http://127.0.0.1:9/", worker_limit=limit)
    assert why(look(method)) is expected


def test_the_worker_inherits_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nosy = tmp_path / "nosy.py"
    nosy.write_text("import os; print('{\"address\": \"%s\"}' % os.environ.get('DNS_TOKEN'))")
    monkeypatch.setattr(upnp_process, "_WORKER", nosy)
    monkeypatch.setenv("DNS_TOKEN", "secret")
    missed = look(UpnpMethod(location="http://127.0.0.1:9/"))
    assert isinstance(missed.evidence, IgdEvidence)
    assert missed.evidence.reported == "None"


def test_no_interpreter_to_start_is_a_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert why(look(UpnpMethod(location="http://127.0.0.1:9/"))) is Why.UNSUPPORTED


def test_a_missing_library_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upnp, "library_folder", lambda: None)
    missed = look(UpnpMethod(location="http://127.0.0.1:9/"))
    assert why(missed) is Why.UNSUPPORTED
    assert isinstance(missed, Missed)
    assert "miniupnpc" in missed.detail
    assert "pip install" in missed.detail


def test_ipv6_is_not_what_an_igd_tells() -> None:
    assert why(look(UpnpMethod(location="http://127.0.0.1:9/"), Family.V6)) is Why.UNSUPPORTED


# A description given by the user.


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://192.168.1.1/x", Why.UNSUPPORTED),
        ("192.168.1.1:5000", Why.UNSUPPORTED),
        ("http://", Why.UNSUPPORTED),
        ("http://192.168.1.1:99999/", Why.UNSUPPORTED),
        ("http://me:secret@192.168.1.1/", Why.UNSUPPORTED),
        ("http://no-such-host.invalid/", Why.UNRESOLVED),
        ("http://" + "a" * 70 + ".example/", Why.UNRESOLVED),
    ],
)
def test_an_unusable_location_is_said(location: str, expected: Why) -> None:
    assert why(look(UpnpMethod(location=location))) is expected


def test_a_location_by_name_is_looked_up() -> None:
    with FakeIgd(HEALTHY, honest()) as igd:
        named = igd.location.replace("127.0.0.1", "localhost")
        assert isinstance(look(UpnpMethod(location=named)), Seen)


# The search and what is remembered of it.


def home(gateway: str = "127.0.0.1") -> Surroundings:
    return Surroundings(
        local=IPv4Address("127.0.0.1"),
        gateway=IPv4Address(gateway),
        network=IPv4Network("127.0.0.0/8"),
        has_route=True,
    )


class Searches:
    """Stands for the network: each search finds what is set, and is counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.harvest: ssdp.Harvest | OSError = ssdp.Harvest()
        monkeypatch.setattr(ssdp, "search", self)

    async def __call__(self, around: Surroundings, **options: object) -> ssdp.Harvest:
        self.count += 1
        if isinstance(self.harvest, OSError):
            raise self.harvest
        return self.harvest

    def find(
        self, *locations: str, st: str = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
    ) -> None:
        adverts = []
        for location in locations:
            host = ssdp.location_host(location)
            assert host is not None
            adverts.append(
                ssdp.Advert(location=location, host=host, responder=host, st=st, server="Fake/1")
            )
        self.harvest = ssdp.Harvest(adverts=tuple(adverts))


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> Searches:
    return Searches(monkeypatch)


def test_a_second_look_does_not_search_again(searches: Searches) -> None:
    method = UpnpMethod(surroundings=home)
    with FakeIgd(HEALTHY, honest()) as igd:
        searches.find(igd.location)
        assert isinstance(look(method), Seen)
        assert isinstance(look(method), Seen)
    assert searches.count == 1


def test_a_router_whose_port_moved_is_searched_again(searches: Searches) -> None:
    method = UpnpMethod(surroundings=home)
    with FakeIgd(HEALTHY, honest()) as before:
        searches.find(before.location)
        assert isinstance(look(method), Seen)
    with FakeIgd(HEALTHY, honest()) as after:
        searches.find(after.location)
        assert isinstance(look(method), Seen)
    assert searches.count == 2


def test_a_router_that_says_the_line_is_down_is_not_searched_again(searches: Searches) -> None:
    method = UpnpMethod(surroundings=home)
    with FakeIgd(HEALTHY, honest(GetStatusInfo=exhibit("status_disconnected"))) as igd:
        searches.find(igd.location)
        assert [why(look(method)), why(look(method))] == [Why.DOWN, Why.DOWN]
    assert searches.count == 1


def test_another_gateway_is_another_search(searches: Searches) -> None:
    gateway = "127.0.0.1"
    method = UpnpMethod(surroundings=lambda: home(gateway))
    with (
        FakeIgd(HEALTHY, honest()) as first,
        FakeIgd(HEALTHY, honest(), host="127.0.0.2") as second,
    ):
        searches.find(first.location)
        assert isinstance(look(method), Seen)
        gateway = "127.0.0.2"
        searches.find(second.location)
        assert isinstance(look(method), Seen)
        assert len(first.requests) == len(second.requests)


def test_of_two_descriptions_of_the_gateway_the_one_with_an_address_wins(
    searches: Searches,
) -> None:
    with (
        FakeIgd(exhibit("description_media_server"), honest()) as media,
        FakeIgd(HEALTHY, honest(GetExternalIPAddress=exhibit("address_empty"))) as mute,
        FakeIgd(HEALTHY, honest()) as router,
    ):
        searches.find(media.location, mute.location, router.location)
        method = UpnpMethod(surroundings=home)
        assert isinstance(look(method), Seen)
        searches.find(media.location, mute.location)
        assert why(look(UpnpMethod(surroundings=home))) is Why.NO_ADDRESS


def test_a_router_that_is_not_the_gateway_is_named_and_never_asked(searches: Searches) -> None:
    with FakeIgd(HEALTHY, honest(), host="127.0.0.2") as igd:
        searches.find(igd.location)
        missed = look(UpnpMethod(surroundings=home))
        assert igd.requests == []
    assert isinstance(missed, Missed)
    assert missed.why is Why.FOREIGN
    assert "127.0.0.2 (Fake/1)" in missed.detail
    assert f'location = "{igd.location}"' in missed.detail


def test_a_television_is_not_a_foreign_router(searches: Searches) -> None:
    searches.find("http://127.0.0.2:8008/tv.xml", st="upnp:rootdevice")
    assert why(look(UpnpMethod(surroundings=home))) is Why.SILENT


@pytest.mark.parametrize(
    ("responder", "rejected", "expected"),
    [
        ("127.0.0.1", Why.MALFORMED, Why.MALFORMED),
        ("127.0.0.9", Why.MALFORMED, Why.SILENT),
        ("127.0.0.9", Why.FOREIGN, Why.FOREIGN),
        ("198.51.100.7", Why.SPOOFED, Why.SPOOFED),
    ],
)
def test_an_answer_that_was_not_believed_is_told_where_it_matters(
    searches: Searches, responder: str, rejected: Why, expected: Why
) -> None:
    told = ssdp.Rejected(responder=responder, why=rejected, detail=f"{responder} lied")
    searches.harvest = ssdp.Harvest(rejected=(told,))
    assert why(look(UpnpMethod(surroundings=home))) is expected


def test_silence_names_the_gateway_and_the_menu_to_look_in(searches: Searches) -> None:
    missed = look(UpnpMethod(surroundings=home))
    assert isinstance(missed, Missed)
    assert missed.why is Why.SILENT
    assert "127.0.0.1" in missed.detail
    assert "FRITZ!Box" in missed.detail


def test_no_gateway_is_no_route_and_no_search(searches: Searches) -> None:
    assert why(look(UpnpMethod(surroundings=Surroundings))) is Why.NO_ROUTE
    assert searches.count == 0


def test_a_network_that_cannot_be_searched_is_no_route(searches: Searches) -> None:
    searches.harvest = OSError(101, "Network is unreachable")
    missed = look(UpnpMethod(surroundings=home))
    assert why(missed) is Why.NO_ROUTE


def test_the_method_imports_neither_the_library_nor_anything_heavy() -> None:

    script = (
        "import discovery.router.upnp, discovery.router.natpmp, sys\n"
        "print(*{'miniupnpc', 'aioice', 'aiohttp', 'dns', 'sqlite3', 'ifaddr'} & set(sys.modules))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, check=True, timeout=20
    )
    assert done.stdout.split() == []
