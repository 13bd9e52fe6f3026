"""The connections that a box keeps track of, forgotten between two cases.

A packet of the same five numbers as in the case before would still be let in or translated by
the rule of that case, for up to three minutes.
"""

from __future__ import annotations

import os
import socket
import struct

from tests.support.namespaces import Inside, Namespace

_NETLINK_NETFILTER = 12
_NFNL_SUBSYS_CTNETLINK, _IPCTNL_MSG_CT_DELETE = 1, 2
_NLM_F_REQUEST, _NLM_F_ACK = 1, 4
_NLMSG_ERROR = 2


class Flows:
    """The memory of some boxes."""

    def __init__(self, *boxes: Namespace) -> None:
        self._boxes = [Inside(box) for box in boxes]

    def forget(self) -> None:
        """Empty it."""
        for box in self._boxes:
            box.make(_flush)

    def close(self) -> None:
        """Leave the namespaces."""
        for box in self._boxes:
            box.close()


def _flush() -> None:
    """Delete without naming any connection means all (linux/netfilter/nfnetlink_conntrack.h)."""
    kind = _NFNL_SUBSYS_CTNETLINK << 8 | _IPCTNL_MSG_CT_DELETE
    every_family = struct.pack("=BBH", socket.AF_UNSPEC, 0, 0)
    header = struct.pack("=IHHII", 20, kind, _NLM_F_REQUEST | _NLM_F_ACK, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as kernel:
        kernel.settimeout(5)
        kernel.sendto(header + every_family, (0, 0))
        reply = kernel.recv(4096)
    answer, error = struct.unpack_from("=H", reply, 4)[0], struct.unpack_from("=i", reply, 16)[0]
    if answer == _NLMSG_ERROR and error:
        raise OSError(-error, os.strerror(-error))
