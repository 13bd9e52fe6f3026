"""The examination as one HTML page that needs nothing else: no script, no font, no other file."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from agent.diagnosis.breaking import Mask, printable
from agent.diagnosis.drawing.across import across
from agent.diagnosis.drawing.down import down
from agent.diagnosis.drawing.picture import picture
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Diagnosis
from agent.diagnosis.screen import SEVERITY, SURE, ending
from agent.diagnosis.sections.all import FINDINGS, sections


def html(evidence: Evidence, diagnosis: Diagnosis, mask: Mask = str) -> str:
    """The page. Every text is escaped by the template: routers and servers are strangers.

    Both drawings are in it; the style sheet shows the one that fits the window. `mask` is given the
    texts of the drawing before they are broken into lines, where no name could be found any more;
    all other texts stand whole on the page, and are masked there.
    """
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    source = files("agent.diagnosis").joinpath("page.html.j2").read_text("utf-8")
    drawn = picture(evidence, diagnosis, mask)
    return environment.from_string(source).render(
        diagnosis=diagnosis,
        ending=ending(evidence, diagnosis),
        layouts={"wide": across(drawn), "tall": down(drawn)},
        summary=drawn.summary,
        findings=FINDINGS,
        sections=tuple(sections(evidence)),
        severity=SEVERITY,
        sure=SURE,
    )


def _seen(value: object) -> object:
    """Nothing that HTML forbids, and nothing that changes the direction of writing."""
    return printable(value) if type(value) is str else value
