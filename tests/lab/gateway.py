"""What answers on the router's LAN side: miniupnpd, a false router, or nobody."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.lab import services
from tests.lab.fake_igd import CHARACTERS, Character, FakeRouter
from tests.lab.plan import Plan
from tests.support.daemon import Daemon
from tests.support.namespaces import Inside, Namespace


class Gateway:
    """The router's service; one at a time. `fake` is the false router while there is one."""

    def __init__(self, router: Namespace, folder: Path) -> None:
        self.fake: FakeRouter | None = None
        self._daemon: Daemon | None = None
        self._router, self._folder = router, folder
        self._inside = Inside(router)

    def start(self, plan: Plan) -> None:
        """Start what the plan has, and wait until it answers."""
        if plan.igd.startswith("fake:"):
            plain = Character(reports=plan.router_wan)
            self.fake = FakeRouter(CHARACTERS.get(plan.igd.removeprefix("fake:"), plain))
            self._inside.call(self.fake.serve())
        elif plan.igd == "miniupnpd" and (plan.upnp or plan.natpmp):
            self._daemon = services.miniupnpd(self._router, self._folder, plan)
            self._daemon.start()
            probe = partial(services.miniupnpd_answers, plan)
            self._daemon.ready(partial(self._inside.make, probe))

    def stop(self) -> None:
        """Fall silent."""
        if self._daemon is not None:
            self._daemon.stop()
            self._daemon = None
        if self.fake is not None:
            self._inside.call(self.fake.close())
            self.fake = None

    def close(self) -> None:
        """Stop, and leave the namespace."""
        self.stop()
        self._inside.close()
