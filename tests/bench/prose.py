"""What docs/benchmarks.md says around its tables."""

from __future__ import annotations

HEAD = """\
# Benchmarks

upstun beside ddclient, inadyn and NewFuture's ddns, in a home, a router and an Internet that are
made of network namespaces and real servers ([tests/lab](../tests/lab/README.md)). `make bench`
measures it all anew and writes this page; nothing below is typed by hand.

![Every flip, from the new address to its being served](benchmarks.svg)

Every dot is one flip, the bar is the median of its row, and the axis is logarithmic.
"""

GOALS = """\
## What upstun is to reach
"""

RIVALS = """\
## A new address: all programs, the same flips

All run at once, each on a machine of its own in the home, and tell the same strict dyndns2 service
over plain HTTP, which writes into BIND. The router gets another address at moments that no interval
knows of. Seconds from there to the first call of the service, and to both authoritative servers
serving the address. ddclient, inadyn and ddns ask a web service every so often: as often as they do
by default, or as often as they can be told to.
"""

FLIPS = """\
## A new address: upstun, by each way of being told

Here upstun publishes by RFC 2136. The flips are 10.5 to 14 s apart, at random. The router is a real
miniupnpd that speaks only what the row says. Seconds from just before the router's kernel is handed
the address.
"""

HARDSHIPS = """\
## Hardships

Each in its full length, several times. "Served" is the seconds from the line being back with its
last address to both servers serving that one. A write is an RRset in an update that BIND accepted
from upstun, by BIND's own log; upstun writes an RRset once in ten seconds at most, for which the
last of several addresses has to wait. "Untrue" are writes of an address that the line did not have
at that moment or in the 0.3 s before.
"""

ONESHOT = """\
## One pass that finds nothing to do

As cron would run it: whole processes, in turns, with the address and the record right. upstun asks
the router and both authoritative servers; the others ask a web service over plain HTTP and look
into their own cache. `python -c pass` is the least that any program in Python costs. Medians, with
the least and the most; the peak is the resident memory of a program's largest process.
"""

IDLE = """\
## At rest

All at once, each on a machine of its own, at their default intervals, while nothing happens. CPU
includes helper processes, which the kernel counts in steps of 0.01 s. RSS is what is resident; PSS
counts shared pages by their share and USS only what is a program's alone, and as other processes of
this run use the same libraries, both are lower than on a machine by themselves. Of a program that a
timer starts, nothing remains between two passes.
"""

ASKED = """\
What each asked of others meanwhile, as an hour would have it. Web requests, STUN and provider calls
go to strangers, DNS to the resolver and to the zone's own servers; packets to the router stay in
the home.
"""

MANY = """\
One BIND of its own, one key, one account. The start is the first publication by a process that has
just been started; the flip is one new address while it runs.
"""

WITH_WHAT = """\
ddclient runs with `use=web`, because 3.10.0 with `usev4=webv4` repeats updates that were good.
inadyn has a provider of its `custom` kind. ddns has its No-IP provider with another endpoint, and
is started by a shell loop in cron's place; "ddns web" is the form of ddns that stays.

All programs at once are measured in one lab while upstun's ways and hardships are measured in
another on the same machine; one pass, rest, and many records are measured with nothing beside them.
Round trips in the lab take less than a millisecond: a real line adds its own to every step, the
same to every program.
"""
