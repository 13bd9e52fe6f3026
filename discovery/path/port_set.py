"""Whether a public address is shared by port: signs of MAP-E, MAP-T and lightweight 4over6.

Such a customer has a port set. RFC 7597 §5.1 cuts a port number into three fields:

    | a offset bits | k bits PSID | the rest |

The PSID is the customer's own and the same in all of his ports. Lightweight 4over6 (RFC 7596) and
the port blocks of some CGNATs are the case a = 0: one contiguous block. So the sign is a run of at
least four bits, from one of the first seven on, that is equal in every public port seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

_BITS = 16
_OFFSETS = range(7)  # RFC 7597 §5.1 recommends a = 6; a = 4 and a = 0 are met in the field
_SHORTEST_PSID = 4  # bits: an address for sixteen homes
_FEWEST = 8  # sightings
_HIGHEST_CHANCE = 1e-6

# Leading bits that are no evidence. NATs draw ports from ranges of their own, whose ports share
# them: 49152-65535 (RFC 6335 §6), 50001-65535 (OpenBSD's pf), any aligned range of 8192 or more.
_POOL_BITS = 3

# In one block, ports that lie closer than a quarter of it were counted, not drawn.
_LEAST_SPREAD = 4
_SMALLEST_BLOCK = 64  # ports; nobody could be given less


def restricted(mapped: Sequence[int], local: Sequence[int]) -> bool | None:
    """Whether the public ports `mapped`, in the order of their making, come from a port set.

    `local` are the ports behind them, one for one. None when it cannot be told: fewer than eight
    different ports, or a NAT that counts its ports up or down, and so would share the upper bits of
    a few ports with any port set.

    True needs a pattern that eight ports drawn at random would have less than once in a million
    times (`chance`), and that the local ports do not have themselves.
    """
    if any(inside == outside for inside, outside in zip(local, mapped, strict=True)):
        return False
    if len(set(mapped)) < _FEWEST or counted(mapped):
        return None
    runs = [
        (start, end)
        for start, end in _runs(mapped)
        if chance(start, end, len(set(mapped))) < _HIGHEST_CHANCE
    ]
    if any(start == 0 and _crowded(mapped, end) for start, end in runs):
        return None
    return any(len({_field(port, *run) for port in local}) > 1 for run in runs)


def chance(start: int, end: int, count: int) -> float:
    """How likely `count` random ports agree in the bits from `start` to before `end`, or better.

    The first port may have any value there, each further one repeats it by chance in one of
    2^bits cases; and any of seven offsets would have done.
    """
    evidence = end - max(start, _POOL_BITS)
    if end - start < _SHORTEST_PSID or evidence < 1:
        return 1.0
    return len(_OFFSETS) * 2.0 ** (-evidence * (count - 1))


def counted(ports: Sequence[int]) -> bool:
    """Whether ports only rise or only fall, but for one start from the other end."""
    rises = sum(later > earlier for earlier, later in pairwise(ports))
    return min(rises, len(ports) - 1 - rises) <= 1


def _runs(ports: Sequence[int]) -> list[tuple[int, int]]:
    """The runs of bits that all ports share, as (first, one behind the last), from bit 0 on top."""
    differing = 0
    for port in ports:
        differing |= port ^ ports[0]
    shared = [not differing >> (_BITS - 1 - bit) & 1 for bit in range(_BITS)]
    runs = []
    for start in _OFFSETS:
        if shared[start] and (start == 0 or not shared[start - 1]):
            end = next((bit for bit in range(start, _BITS) if not shared[bit]), _BITS)
            runs.append((start, end))
    return runs


def _crowded(ports: Sequence[int], shared: int) -> bool:
    block = 1 << (_BITS - shared)
    return block < _SMALLEST_BLOCK or (max(ports) - min(ports)) * _LEAST_SPREAD < block


def _field(port: int, start: int, end: int) -> int:
    return port >> (_BITS - end) & ((1 << (end - start)) - 1)
