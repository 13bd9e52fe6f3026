"""A web page that tells a visitor its address, as the public echo services do."""

from __future__ import annotations

from http import HTTPStatus

from agent.demo.pretend.line import Line
from agent.demo.pretend.web import Asked, Page


class Echo:
    """The page; `asked` counts its visitors."""

    def __init__(self, line: Line) -> None:
        """Look at the home from the far end of `line`."""
        self._line = line
        self.asked = 0

    def answer(self, asked: Asked) -> Page:
        """Answer a GET with the address that the line has now."""
        if asked.method != "GET":
            return Page(status=HTTPStatus.METHOD_NOT_ALLOWED)
        self.asked += 1
        return Page(kind="text/plain", text=f"{self._line.address}\n")
