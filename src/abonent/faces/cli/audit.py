"""`abonent audit`: is the trail still what was sealed?"""

from __future__ import annotations

import asyncio
import sys

import typer

from abonent import audit, settings
from abonent.storage import Principal, connect, connection_url, load_keys

audit_commands = typer.Typer(no_args_is_help=True, help="The audit trail.")


@audit_commands.callback()
def group() -> None:
    """The audit trail."""


@audit_commands.command()
def verify() -> None:
    """Recompute every seal. Exit status 1 names those that no longer fit."""
    broken = asyncio.run(_broken())
    for seal in broken:
        typer.echo(f"seal {seal}: its events are not what was sealed", err=True)
    typer.echo(f"broken seals: {len(broken)}")
    sys.exit(1 if broken else 0)


async def _broken() -> list[int]:
    loaded = settings.load()
    db = await connect(connection_url(loaded), loaded, load_keys(loaded.folder), connections_max=1)
    try:
        return await db.acting(Principal.system("cli")).run(audit.broken_seals)
    finally:
        await db.close()
