"""How the NATs on the path map and filter UDP, measured with a server that has two addresses."""

from __future__ import annotations

import asyncio

from discovery.path.alternate import Choice
from discovery.path.filtering import Sifted, read_filtering
from discovery.path.line import Line
from discovery.path.mapping import watch_mapping
from discovery.path.once import Once
from discovery.path.view import Behaviour


async def measure(line: Line, choice: Choice, sifted: Once[Sifted]) -> Behaviour:
    """Both tests side by side; `sifted` is that of filtering. Never raises for network trouble."""
    server = choice.server
    if server is None:
        return Behaviour(translated=choice.translated, note=choice.note)
    try:
        async with line.open() as exchange:
            (mapping, note), heard = await asyncio.gather(
                watch_mapping(line, exchange, server), sifted()
            )
    except OSError as error:
        return Behaviour(translated=choice.translated, note=line.refusal(error))
    filtering, other_note = read_filtering(heard)
    return Behaviour(
        server=server.target.name,
        mapping=mapping,
        filtering=filtering,
        translated=choice.translated,
        note=" ".join(dict.fromkeys(filter(None, (note, other_note)))),
    )
