"""Name servers and the way to them: who does badly, and whose word that is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.rules import zone
from discovery.live_dns.exam import Dnssec, NameServers, Port53, Trial
from discovery.live_dns.view import Answer, ServerAnswer
from tests.support.evidence import plain_home, record
from tests.support.evidence_parts import AROUND
from tests.support.rule_table import Row, Rule, Told, check, judged, settled, unknown
from tests.support.sightings import PUBLIC
from tests.support.views import ALIAS, LAME, NXDOMAIN, RECURSED, SILENT, serves

RIGHT = serves(str(PUBLIC))
SAW = Trial(name="nobody", intercepted=True, detail="192.0.2.53 answered.")
SAW_TOO = Trial(name="recursion", intercepted=True, detail="An authority recursed.")
CLEAR = Trial(name="whoami", intercepted=False, detail="We were named.")
NOTHING = Trial(name="identity", intercepted=None, detail="No server told its name.")


def home(*exams: RecordExam, **changes: Any) -> Evidence:
    return judged(plain_home(records=exams, **changes), settled())


def servers(*said: Answer, **changes: Any) -> Evidence:
    return home(record(*said), **changes)


def offline(made: Evidence) -> Evidence:
    return judged(made, unknown("offline"))


def delegated(parent: tuple[str, ...] | None, child: tuple[str, ...] | None) -> Evidence:
    exam = record(RIGHT)
    names = NameServers(parent=parent, child=child)
    return home(replace(exam, exam=replace(exam.exam, name_servers=names)))


def signed(state: Dnssec) -> Evidence:
    exam = record(RIGHT)
    return home(replace(exam, exam=replace(exam.exam, dnssec=state)))


def trials(*some: Trial) -> Port53:
    return Port53(trials=some)


def intercepted() -> Evidence:
    exam = record(RECURSED)
    view = replace(exam.exam.view, intercepted="Something is in between.")
    return home(replace(exam, exam=replace(exam.exam, view=view)), port53=trials(SAW))


ZONE = "example.com"
BAD, SLOW = Told("error", 7, "proved", ZONE), Told("warn", 0, "proved", ZONE)
RULES: list[tuple[Rule, Row]] = [
    *(
        (zone.of_servers, row)
        for row in (
            Row("all answer", servers(RIGHT, RIGHT), "dns_lame", None),
            Row("one is lame", servers(RIGHT, LAME), "dns_lame", BAD),
            Row("one recurses", servers(RIGHT, RECURSED), "dns_lame", BAD),
            Row("one is lame, the others deny or alias", servers(NXDOMAIN, LAME), "dns_lame", BAD),
            Row("all are lame, which is told of the record", servers(LAME, LAME), "dns_lame", None),
            Row("none is an authority", servers(LAME, SILENT), "dns_lame", None),
            Row(
                "one is lame, by somebody's word",
                servers(RIGHT, LAME, port53=trials(SAW)),
                "dns_lame",
                BAD._replace(confidence="likely"),
            ),
            Row("one is silent", servers(RIGHT, SILENT), "dns_silent", SLOW),
            Row("one is silent beside an alias", servers(ALIAS, SILENT), "dns_silent", SLOW),
            Row("all are silent", servers(SILENT, SILENT), "dns_silent", None),
            Row("lame is not silent", servers(RIGHT, LAME), "dns_silent", None),
            Row("silent is not lame", servers(RIGHT, SILENT), "dns_lame", None),
            Row(
                "nothing outside can be asked",
                offline(servers(RIGHT, SILENT)),
                "dns_silent",
                None,
            ),
        )
    ),
    *(
        (zone.of_delegation, row)
        for row in (
            Row("alike", delegated(("a",), ("a",)), "dns_ns_differ", None),
            Row("different", delegated(("a",), ("a", "b")), "dns_ns_differ", SLOW),
            Row("the parent was not heard", delegated(None, ("a",)), "dns_ns_differ", None),
            Row("the zone was not heard", delegated(("a",), None), "dns_ns_differ", None),
            Row(
                "different, by somebody's word",
                replace(delegated(("a",), ("b",)), port53=trials(SAW)),
                "dns_ns_differ",
                SLOW._replace(confidence="likely"),
            ),
        )
    ),
    *(
        (zone.of_dnssec, Row(state, signed(state), "dns_bogus", BAD if state == "bogus" else None))
        for state in ("secure", "insecure", "unknown", "bogus")
    ),
    *(
        (zone.of_interception, row)
        for row in (
            Row("not tried", servers(RIGHT), "dns_intercepted", None),
            Row(
                "no sign of it",
                servers(RIGHT, port53=trials(CLEAR, NOTHING)),
                "dns_intercepted",
                None,
            ),
            Row(
                "one trial shows it",
                servers(RIGHT, port53=trials(CLEAR, SAW)),
                "dns_intercepted",
                Told("error", 7, "likely"),
            ),
            Row(
                "two show it",
                servers(RIGHT, port53=trials(SAW, SAW_TOO)),
                "dns_intercepted",
                Told("error", 7),
            ),
            Row(
                "no record suffers from it",
                home(port53=trials(SAW)),
                "dns_intercepted",
                Told("warn", 0, "likely"),
            ),
            Row("the record tells it itself", intercepted(), "dns_intercepted", None),
            Row(
                "a login page bends names too",
                offline(servers(RIGHT, port53=trials(SAW))),
                "dns_intercepted",
                None,
            ),
        )
    ),
]


@pytest.mark.parametrize(
    ("rule", "row"), RULES, ids=[f"{rule.__name__}: {row.title}" for rule, row in RULES]
)
def test_row(rule: Rule, row: Row) -> None:
    check(rule, row)


def at(server: str, number: int, answer: Answer) -> ServerAnswer:
    return ServerAnswer(server=server, endpoint=f"192.0.2.{number}:53", answer=answer)


def told(*answers: ServerAnswer) -> list[str]:
    exam = record(RIGHT)
    view = replace(exam.exam.view, servers=answers)
    made = home(replace(exam, exam=replace(exam.exam, view=view)))
    return [finding.fact for finding in zone.of_servers(made)]


def test_servers_are_named_once_and_by_the_address_that_does_badly() -> None:
    one, two = at("ns1", 1, SILENT), at("ns1", 2, SILENT)
    fine, other = at("ns2", 3, RIGHT), at("ns2", 4, SILENT)
    assert told(one, two, fine) == ["The name server ns1 did not answer."]
    assert told(fine, other) == ["The name server ns2 at 192.0.2.4:53 did not answer."]
    assert told(one, fine, other) == [
        "The name servers ns1 and ns2 at 192.0.2.4:53 did not answer."
    ]
    lame = [at("ns3", 5, LAME), at("ns4", 6, LAME)]
    assert told(fine, lame[0]) == [
        "Of the name servers of example.com, ns3 does not answer for the zone."
    ]
    assert told(fine, *lame) == [
        "Of the name servers of example.com, ns3 and ns4 do not answer for the zone."
    ]


def test_a_zone_is_told_of_once_however_many_records_are_in_it() -> None:
    exams = (record(RIGHT, SILENT), record(RIGHT, SILENT, name="nas.example.com"))
    assert len(set(zone.of_servers(home(*exams)))) == 1


def test_no_name_servers_at_all_are_told_in_words() -> None:
    (finding,) = zone.of_delegation(delegated((), ("a", "b")))
    assert finding.fact == (
        "The parent zone names none as name servers of example.com, the zone itself a and b."
    )


def test_the_parent_may_be_the_one_that_names_more() -> None:
    (finding,) = zone.of_delegation(delegated(("a", "b"), ()))
    assert finding.fact == (
        "The parent zone names a and b as name servers of example.com, the zone itself none."
    )


def test_a_zone_that_was_not_found_is_called_by_the_name_in_it() -> None:
    def lost(made: Evidence) -> Evidence:
        (exam,) = made.records
        view = replace(exam.exam.view, zone="")
        return home(replace(exam, exam=replace(exam.exam, view=view)))

    (bogus,) = zone.of_dnssec(signed("bogus"))
    assert bogus.fact == "The DNSSEC signatures of example.com do not hold."
    (bogus,) = zone.of_dnssec(lost(signed("bogus")))
    assert bogus.fact == "The DNSSEC signatures of home.example.com do not hold."
    (differ,) = zone.of_delegation(lost(delegated(("a",), ("b",))))
    assert "name servers of home.example.com, the zone itself b." in differ.fact


def test_a_vpn_may_be_what_takes_over_dns() -> None:
    (plain,) = zone.of_interception(servers(RIGHT, port53=trials(SAW)))
    tunnel = replace(AROUND, default_is_tunnel=True)
    (vpn,) = zone.of_interception(servers(RIGHT, port53=trials(SAW), around=tunnel))
    assert "VPN" not in plain.fix
    assert "in the router, or the VPN's own DNS, or ask the provider." in vpn.fix
