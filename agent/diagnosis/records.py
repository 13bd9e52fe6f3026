"""Examining records: what DNS says about each, everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from agent.decide.agreement import compare
from agent.diagnosis.deadline import Deadline
from agent.diagnosis.evidence import RecordExam
from agent.values import Config, Record
from discovery.live_dns.exam import DnsExam
from discovery.live_dns.view import RType

MOST_RECORDS = 40
"""Records that are examined closely; a home has one to five."""

Examine = Callable[[str, RType], Awaitable[DnsExam]]


async def examine_records(
    config: Config, examine: Examine, deadline: Deadline
) -> tuple[RecordExam, ...]:
    """Every RRset of the configuration, side by side; one that is late leaves the others standing.

    They are compared with nothing yet: the home's address is found out at the same time.
    """
    wanted: list[tuple[Record, RType]] = []
    for record in config.records:
        wanted += [(record, "A")] if record.ipv4 else []
        wanted += [(record, "AAAA")] if record.ipv6 else []
    if left := len(wanted[MOST_RECORDS:]):
        more = "1 more record was" if left == 1 else f"{left} more records were"
        deadline.unmeasured["further records"] = f"{more} not examined"

    async def one(record: Record, rtype: RType) -> RecordExam:
        exam = await examine(record.name, rtype)
        return RecordExam(record=record, exam=exam, agreement=compare(exam.view, None))

    exams = await asyncio.gather(
        *(
            deadline.bound(f"{record.name} {rtype}", partial(one, record, rtype), inside=True)
            for record, rtype in wanted[:MOST_RECORDS]
        )
    )
    return tuple(exam for exam in exams if exam is not None)
