"""The examination as one HTML page that needs nothing else: no script, no font, no other file."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Diagnosis
from agent.diagnosis.layout import layout
from agent.diagnosis.picture import picture
from agent.diagnosis.screen import SEVERITY, ending
from agent.diagnosis.sections.all import sections


def html(evidence: Evidence, diagnosis: Diagnosis) -> str:
    """The page. Every text is escaped by the template: routers and servers are strangers."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files("agent.diagnosis").joinpath("page.html.j2").read_text("utf-8")
    drawn = picture(evidence, diagnosis)
    return environment.from_string(source).render(
        diagnosis=diagnosis,
        evidence=evidence,
        ending=ending(evidence, diagnosis),
        layout=layout(drawn),
        picture=drawn,
        sections=tuple(sections(evidence)),
        severity=SEVERITY,
    )
