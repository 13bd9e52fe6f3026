"""The whole configuration: text in, `Config` or every mistake out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.config.accounts import read_accounts
from agent.config.document import BYTE_ORDER_MARK, is_file, parse, read_text, readable_by_all
from agent.config.inputs import Inputs
from agent.config.lines import find_lines
from agent.config.problem import Problem
from agent.config.records import read_records
from agent.config.secrets import ReadSecret, read_secret
from agent.config.sections import read_agent, read_discovery, read_dns
from agent.config.table import Report, Table
from agent.values import Config
from providers.engine.spec import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A valid configuration, and what is still worth saying about it."""

    config: Config
    warnings: tuple[Problem, ...] = ()


def load_file(
    path: Path,
    *,
    environ: Mapping[str, str],
    find: Callable[[str], Provider | None],
    ids: Callable[[], Sequence[str]],
) -> Loaded | tuple[Problem, ...]:
    """Read the configuration file and the secret files that it names. Never raises."""
    text = read_text(path)
    if isinstance(text, Problem):
        return (text,)
    return load(
        text,
        source=str(path),
        base=path.parent,
        environ=environ,
        find=find,
        ids=ids,
        exposed=readable_by_all(path),
    )


def load(
    text: str,
    *,
    source: str,
    base: Path,
    environ: Mapping[str, str],
    find: Callable[[str], Provider | None],
    ids: Callable[[], Sequence[str]],
    read_secret: ReadSecret = read_secret,
    is_file: Callable[[Path], bool] = is_file,
    exposed: bool = False,
) -> Loaded | tuple[Problem, ...]:
    """Turn the text of a configuration into a `Config`, or into all of its mistakes at once.

    Pure but for `read_secret` and `is_file`. `source` names the file in messages, relative paths
    start from `base`, `find` gives a provider by its id and `ids` all that there are. `exposed`
    says that every user of this machine may read the file. Mistakes come in the file's order.
    """
    marked = text.startswith(BYTE_ORDER_MARK)
    text = text.removeprefix(BYTE_ORDER_MARK)
    data = parse(text, source)
    if isinstance(data, Problem):
        return (data,)
    inputs = Inputs(
        base=base,
        environ=environ,
        find=find,
        ids=ids,
        read_secret=read_secret,
        is_file=is_file,
        exposed=exposed,
    )
    report = Report(source, find_lines(text))
    if marked:
        report.warnings.append(_byte_order_mark(source))
    config = _config(Table(report, data), inputs)
    return report.in_order() or Loaded(config=config, warnings=tuple(report.warnings))


def _config(root: Table, inputs: Inputs) -> Config:
    agent = read_agent(root.table("agent"), inputs)
    discovery = read_discovery(root.table("discovery"))
    dns = read_dns(root.table("dns"))
    accounts = read_accounts(root.named("account"), inputs, readable=agent.allow_readable_secrets)
    tables = root.listed("record")
    records = read_records(tables, accounts, discovery)
    root.finish()
    root.report.note_unknown_keys()
    if "record" not in root:
        hint = "add one for each name that is to follow your address"
        root.warn("record", "at least one [[record]]", "none", hint)
    return Config(
        source=root.report.file,
        poll=agent.poll,
        state=agent.state,
        log=agent.log,
        settle=agent.settle,
        calm=agent.calm,
        contact=agent.contact,
        discovery=discovery,
        dns=dns,
        accounts={name: account for name, account in accounts.items() if account is not None},
        records=records,
    )


def _byte_order_mark(source: str) -> Problem:
    return Problem(
        file=source,
        line=1,
        expected="UTF-8 without a byte order mark",
        found="one at the start, which was skipped",
        hint="save the file without it",
    )
