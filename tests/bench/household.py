"""The lab with a dyndns2 service in its world, and as many more machines in the home as wanted."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from tests.bench import provider
from tests.bench.machine import Machine
from tests.bench.provider import Provider
from tests.bench.served import Watch
from tests.lab.lab import Lab
from tests.lab.places import PRIMARY, RESOLVER, ROUTER, SECONDARY, STALE, ZONE
from tests.lab.plan import Plan
from tests.support.namespaces import Inside, Namespace, cable

_FIRST_GUEST = 100  # the last number of its address


class Household:
    """`home` is the lab's own machine; `guest` adds one. `hosts` are the service's customers."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        self._hosts, self._guests = list(hosts), 0
        with contextlib.ExitStack() as stack:
            self.folder = Path(tempfile.mkdtemp(prefix="upstun-bench-"))
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.lab = stack.enter_context(Lab())
            self.lab.arrange(Plan(), self.folder)
            self.provider = Provider(self._hosts, self.lab.secrets.other_tsig)
            inside = Inside(self.lab.topology.world)
            stack.callback(inside.close)
            self.lab.topology.world.batch(f"address add {provider.ADDRESS}/32 dev lo")
            self.lab.set_record(provider.ADDRESS, name=provider.NAME)
            inside.call(self.provider.serve())
            stack.callback(lambda: inside.call(self.provider.close()))
            self.home = self._machine(self.lab.topology.home, "home", stack)
            self._stack = stack.pop_all()

    def arrange(self, plan: Plan) -> None:
        """Set the plan's stage, and put every record back to the stale address."""
        self.lab.arrange(plan, self.home.room)
        for host in self._hosts:
            self.lab.set_record(STALE, name=host)

    def guest(self, role: str) -> Machine:
        """One more machine on the router's LAN. `role` is in the namespace's name: letters."""
        self._guests += 1
        namespace, port = Namespace(role), f"guest{self._guests}"
        self._stack.callback(namespace.close)
        router = self.lab.topology.router
        cable(namespace, "eth0", router, port)
        router.batch(f"link set {port} master lan")
        address = f"192.168.1.{_FIRST_GUEST + self._guests}"
        namespace.batch(f"address add {address}/24 dev eth0", f"route add default via {ROUTER}")
        namespace.resolver(RESOLVER)
        return self._machine(namespace, f"{role}-{self._guests}", self._stack)

    def watch(self, *names: str) -> Watch:
        """Ask both of the zone's name servers for these names from now on."""
        return Watch(self.lab.topology.world, (PRIMARY, SECONDARY), names)

    def _machine(self, namespace: Namespace, room: str, stack: contextlib.ExitStack) -> Machine:
        (self.folder / room).mkdir()
        machine = Machine(namespace, self.folder / room, self.lab.environment)
        stack.callback(machine.close)
        return machine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def host(name: str) -> str:
    """A name in the zone."""
    return f"{name}.{ZONE}"
