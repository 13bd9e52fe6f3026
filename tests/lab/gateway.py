"""What answers on the home's LAN: miniupnpd, a false router, a login page, or nobody."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path

from tests.lab import services
from tests.lab.authority import tls_server
from tests.lab.fake_igd import CHARACTERS, CLAIMED, Character, FakeRouter
from tests.lab.places import NEIGHBOUR, ROUTER
from tests.lab.plan import Plan
from tests.lab.portal import LOGIN_NAME, Portal
from tests.support.daemon import Daemon, until
from tests.support.namespaces import Inside, Namespace


class Gateway:
    """The router's service and the neighbour's. `fake` is the false router while there is one."""

    def __init__(self, router: Namespace, neighbour: Namespace, folder: Path) -> None:
        self.fake: FakeRouter | None = None
        self.foreign: FakeRouter | None = None
        self._portal: Portal | None = None
        self._daemon: Daemon | None = None
        self._booted = 0  # the second of miniupnpd's last start
        self._router, self._folder = router, folder
        self._inside, self._next_door = Inside(router), Inside(neighbour)
        room = folder / "hotel"
        room.mkdir()
        self._portal_tls = tls_server(room, (LOGIN_NAME,)).context

    def start(self, plan: Plan) -> None:
        """Start what the plan has, and wait until it answers."""
        if plan.foreign_igd:
            self.foreign = FakeRouter(Character(reports=CLAIMED), NEIGHBOUR)
            self._next_door.call(self.foreign.serve())
        if plan.portal:
            self._portal = Portal(ROUTER, self._portal_tls)
            self._inside.call(self._portal.serve())
        if plan.igd.startswith("fake:"):
            plain = Character(reports=plan.router_wan)
            self.fake = FakeRouter(CHARACTERS.get(plan.igd.removeprefix("fake:"), plain))
            self._inside.call(self.fake.serve())
        elif plan.igd == "miniupnpd" and (plan.upnp or plan.natpmp):
            self._daemon = services.miniupnpd(self._router, self._folder, plan)
            self.power(plan, on=True)

    def power(self, plan: Plan, *, on: bool) -> None:
        """Let miniupnpd run, or end it without a word to anybody, as a power cut does.

        The BOOTID that it tells is the second of its start: no two starts are in one second.
        """
        if self._daemon is None:
            return
        if not on:
            self._daemon.stop()
            return
        while int(time.time()) == self._booted:
            time.sleep(0.01)
        self._booted = int(time.time())
        self._daemon.start()
        probe = partial(services.miniupnpd_answers, plan)
        self._daemon.ready(partial(self._inside.make, probe))

    def restart(self, plan: Plan) -> None:
        """Tell miniupnpd to end, which it announces (ssdp:byebye), and start it again."""
        daemon = self._daemon
        assert daemon is not None, "the plan has no miniupnpd"
        self._tell(signal.SIGTERM)
        until(lambda: not daemon.running, "miniupnpd does not end")
        self.power(plan, on=True)

    def readdressed(self, plan: Plan) -> None:
        """Tell miniupnpd that the line has another address, as routers' own scripts do.

        It watches its line by itself only where it speaks UPnP (miniupnpd.c, `sifacewatcher`).
        """
        if self._daemon is not None and not plan.upnp:
            self._tell(signal.SIGUSR1)

    def stop(self) -> None:
        """Fall silent."""
        if self._daemon is not None:
            self._daemon.stop()
            self._daemon = None
        if self.fake is not None:
            self._inside.call(self.fake.close())
            self.fake = None
        if self._portal is not None:
            self._inside.call(self._portal.close())
            self._portal = None
        if self.foreign is not None:
            self._next_door.call(self.foreign.close())
            self.foreign = None

    def _tell(self, number: signal.Signals) -> None:
        # It writes over what the one before it wrote, which may have been longer.
        os.kill(int((self._folder / "miniupnpd" / "pid").read_text().split()[0]), number)

    def close(self) -> None:
        """Stop, and leave the namespaces."""
        self.stop()
        self._inside.close()
        self._next_door.close()
