"""Linux: this machine's IPv6 addresses as the kernel tells them over rtnetlink (rtnetlink(7)).

Neither /proc/net/if_inet6 nor `ifaddr` will do: the first shows only the low eight bits of the
flags, so that `mngtmpaddr` and `stable-privacy` are missing, the second shows no flags at all.
No privileges are needed.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Mapping
from errno import EAFNOSUPPORT
from ipaddress import IPv6Address

from discovery.ipv6.view import Held
from discovery.rtnetlink import (
    ADDRESS,
    HEADER,
    IFA_ADDRESS,
    IFA_CACHEINFO,
    IFA_FLAGS,
    IFA_LOCAL,
    NEW_ADDRESS,
    Torn,
    attributes,
    messages,
)

_AF_INET6 = 10  # Linux's number, whatever the system that reads a recorded dump calls it

# linux/netlink.h
_ERROR, _DONE = 2, 3
_REQUEST, _DUMP = 0x1, 0x300
_INTERRUPTED = 0x10  # NLM_F_DUMP_INTR

# linux/rtnetlink.h, linux/if_addr.h
_GET_ADDRESS = 22
_FLAGS = struct.Struct("=I")
_LIFETIMES = struct.Struct("=II")  # how IFA_CACHEINFO begins: preferred, then valid
_TEMPORARY, _DAD_FAILED, _DEPRECATED, _TENTATIVE, _PERMANENT = 0x1, 0x8, 0x20, 0x40, 0x80
_MANAGES_TEMPORARY, _STABLE_PRIVACY = 0x100, 0x800
_INFINITY = 0xFFFFFFFF
_FOR_EVER = _LIFETIMES.pack(_INFINITY, _INFINITY)

_KERNEL = (0, 0)
_ROOM = 1 << 16  # the kernel fills at most 32 KiB at once
_PATIENCE = 1.0  # seconds; the kernel answers within a millisecond
_TRIES = 3


class DamagedDump(ValueError):
    """The kernel's answer is refused, torn, or was overtaken by a change while it was given."""


def held() -> tuple[Held, ...] | None:
    """Ask the kernel for every IPv6 address of this machine; None when it does not tell."""
    for _ in range(_TRIES):
        try:
            return read_addresses(_dump(), dict(socket.if_nameindex()))
        except (DamagedDump, Torn):
            continue
        except OSError:
            return None
    return None


def read_addresses(dump: bytes, links: Mapping[int, str]) -> tuple[Held, ...]:
    """Read the answer to RTM_GETADDR. `links` maps the numbers of links to their names.

    An address on a link without a name is left out: the link went away meanwhile. Other families
    are left out too: a kernel started with `ipv6.disable=1` answers with IPv4 addresses instead.
    Raises `DamagedDump`, and nothing else.
    """
    found: list[Held] = []
    try:
        for kind, flags, body in messages(dump):
            if kind == _ERROR:
                raise DamagedDump("the kernel refuses to list this machine's addresses")
            if flags & _INTERRUPTED:
                raise DamagedDump("this machine's addresses changed while they were listed")
            if kind == _DONE:
                return tuple(found)
            if kind == NEW_ADDRESS and (one := _address(body, links)):
                found.append(one)
    except Torn as error:
        raise DamagedDump(f"the kernel's answer is torn: {error}") from error
    raise DamagedDump("the list of this machine's addresses has no end")


def _address(body: bytes, links: Mapping[int, str]) -> Held | None:
    try:
        family, prefix, low_flags, _scope, link = ADDRESS.unpack_from(body)
        if family != _AF_INET6 or link not in links:
            return None
        told = dict(attributes(body[ADDRESS.size :]))
        # On a link with a peer, IFA_ADDRESS is the peer's and IFA_LOCAL ours.
        address = IPv6Address(told.get(IFA_LOCAL) or told[IFA_ADDRESS])
        preferred, valid = _LIFETIMES.unpack_from(told.get(IFA_CACHEINFO, _FOR_EVER))
        # Kernels before 3.14 tell the low eight bits alone.
        flags = _FLAGS.unpack(told[IFA_FLAGS])[0] if IFA_FLAGS in told else low_flags
    except (struct.error, KeyError, ValueError) as error:
        raise DamagedDump("the kernel describes an address in a way that is not known") from error
    return Held(
        address=address,
        prefix=prefix,
        device=links[link],
        temporary=bool(flags & _TEMPORARY),
        deprecated=bool(flags & _DEPRECATED),
        tentative=bool(flags & _TENTATIVE),
        duplicated=bool(flags & _DAD_FAILED),
        permanent=bool(flags & _PERMANENT),
        stable=bool(flags & (_MANAGES_TEMPORARY | _STABLE_PRIVACY)),
        preferred_s=None if preferred == _INFINITY else preferred,
        valid_s=None if valid == _INFINITY else valid,
    )


def _dump() -> bytes:
    """The kernel's whole answer to RTM_GETADDR. Raises OSError and `Torn`."""
    if sys.platform != "linux":
        raise OSError(EAFNOSUPPORT, "only Linux has netlink")
    body = ADDRESS.pack(_AF_INET6, 0, 0, 0, 0)
    header = HEADER.pack(HEADER.size + len(body), _GET_ADDRESS, _REQUEST | _DUMP, 1, 0)
    answer = b""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(_PATIENCE)
        kernel.sendto(header + body, _KERNEL)
        while True:
            part, sender = kernel.recvfrom(_ROOM)
            if sender[0] != _KERNEL[0]:
                continue  # another process may write to this socket too
            answer += part
            if any(one.kind in (_DONE, _ERROR) for one in messages(part)):
                return answer
