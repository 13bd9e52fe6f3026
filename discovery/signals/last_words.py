"""What each of several witnesses said last, and whether what one says now is news. Pure.

Witnesses may disagree for years: a home with two lines may reach one server by this line and the
next by the other. So each is compared with itself.
"""

from __future__ import annotations

from discovery.observation import Address


class LastWords:
    """The last word of each witness; as many are remembered as are asked.

    Whoever used to agree with a witness that has changed its word is expected to follow it, so that
    a change is news once and not once for each witness. An expectation is for the next word only,
    and only a word that was really spoken begets expectations; so two witnesses that go apart are
    news at most once more each, and then never again.
    """

    def __init__(self) -> None:
        """Nobody said anything yet."""
        self._said: dict[str, Address] = {}
        self._expected: dict[str, Address] = {}
        self._newest: Address | None = None

    def hear(self, witness: str, address: Address) -> bool:
        """Remember it; whether it is news. A new witness is compared with the newest word."""
        before = self._said.get(witness)
        expected = self._expected.pop(witness, before if before is not None else self._newest)
        self._said[witness] = self._newest = address
        if expected is None or expected == address:
            return False
        for other, said in self._said.items():
            if other != witness and said == before:
                self._expected[other] = address
        return True
