"""What proved each provider in this run of the tests: the page docs/proofs.md is made of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from providers.engine.spec import Provider
from tests.conformance.bench import Bench

KEY = pytest.StashKey["Proofs"]()
RENEWAL = "UPSTUN_GOLDEN=write pytest tests/conformance tests/oracles tests/signers tests/providers"
FAKE = "fake"
"""The witness of the conformance suite where no real server can be had: our own strict fake."""

_HEAD = """\
# What proves each service

Nobody has an account at every service, and nobody should need one to trust a change. So each one is
tried out offline, in two ways:

- **The suite**: {trials} trials that are the same for every service with an API of its own (first
  address, change, no change, stale duplicates, foreign records, wrong key, unknown zone, every
  form of rate limit, broken answers, cut connections, lost answers, IPv6, apex, wildcard, IDN, no
  secret in any output), against a real server, or else against a fake that remembers, and objects
  to every request that the vendor's pages do not describe.
- **A witness** that is not our own reading of those pages: a real server, the vendor's API
  description by which every request and answer is validated, the vendor's own client or signer
  driven against the same fake, or dns-lexicon, which other people wrote from the same pages: it
  must end in the same zone.

"Own fake only" says that no such witness is there: what we misread, our fake misreads too. Services
of the dyndns2 family share one program; each of their rows is driven over the wire once, against a
fake that knows the family's rules and what this row says of its own.

Numbers are tests that passed. This page is made by a run of all tests; to renew it:

```
{renewal}
```

| service | the suite | witnesses |
|---|---|---|
"""


@dataclass
class Proofs:
    """Counts of passed tests by provider and witness; `open_` are marked tests without a result."""

    passed: Counter[tuple[str, str]] = field(default_factory=Counter)
    suite: Counter[tuple[str, str]] = field(default_factory=Counter)
    open_: set[str] = field(default_factory=set)

    def collect(self, items: Iterable[pytest.Item]) -> None:
        """Remember every test that proves something, until it has passed."""
        self.open_ |= {item.nodeid for item in items if _oracles(item) or _bench(item)}

    def note(self, item: pytest.Item) -> None:
        """Write down a test that passed."""
        self.open_.discard(item.nodeid)
        self.passed.update(_oracles(item))
        if bench := _bench(item):
            self.suite[bench.provider.id, bench.witness or FAKE] += 1

    def page(self, providers: tuple[Provider, ...]) -> str:
        """docs/proofs.md."""
        witnesses: defaultdict[str, list[str]] = defaultdict(list)
        for (provider, witness), count in sorted(self.passed.items()):
            witnesses[provider].append(f"{witness} ({count})")
        suites: defaultdict[str, list[str]] = defaultdict(list)
        for (provider, witness), count in sorted(self.suite.items()):
            if witness == FAKE:
                suites[provider].append(f"{count} against a fake")
            else:
                suites[provider].append(f"{count} against {witness}")
                witnesses[provider].insert(0, f"{witness} ({count})")
        trials = max(self.suite.values(), default=0)
        rows = [
            f"| `{one.id}` | {', '.join(suites[one.id]) or 'a row of the family'} "
            f"| {', '.join(witnesses[one.id]) or 'own fake only'} |"
            for one in sorted(providers, key=lambda one: one.id)
        ]
        apis = [one for one in providers if one.read is not None or one.speaks != "http"]
        own = [one for one in apis if witnesses[one.id]]
        summary = (
            f"\n{len(own)} of the {len(apis)} services with an API for records or whole RRsets "
            "have a witness of their own.\n"
        )
        return _HEAD.format(trials=trials, renewal=RENEWAL) + "\n".join(rows) + "\n" + summary


def _oracles(item: pytest.Item) -> list[tuple[str, str]]:
    return [(mark.args[0], mark.args[1]) for mark in item.iter_markers("oracle")]


def _bench(item: pytest.Item) -> Bench | None:
    call = getattr(item, "callspec", None)
    bench = call.params.get("bench") if call else None
    return bench if isinstance(bench, Bench) else None
