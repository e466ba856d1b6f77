"""Starts the processes: the web, the worker, or the whole demo. `abonent --help` lists them."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated

import typer
import uvicorn
import uvloop

from abonent import demo as demonstration
from abonent import settings as configuration
from abonent.app import REACTIONS, VERSION, application, speak, tools
from abonent.faces.cli import audit_commands
from abonent.faces.jobs import Tools, jobs, schedules
from abonent.logs import log_quietly
from abonent.storage import (
    Database,
    Principal,
    Schedule,
    ServerFailed,
    ServerNotFound,
    Unusable,
    connect,
    connection_url,
    load_keys,
    migrate,
    run_jobs,
    wall_clock,
)

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
cli.add_typer(audit_commands, name="audit")

Subscribers = Annotated[int, typer.Option(help="How many demo subscribers.", min=10)]
WithParent = Annotated[bool, typer.Option(demonstration.WITH_PARENT, hidden=True)]


@cli.command()
def demo(subscribers: Subscribers = 1000) -> None:
    """Run everything with the demo operator, on an embedded PostgreSQL."""
    settings = _settings()
    sys.exit(demonstration.run_demo(settings, subscribers=subscribers))


@cli.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="With the demo phone.")] = False,
    with_parent: WithParent = False,
) -> None:
    """The web app and the API."""
    settings = _settings(with_parent=with_parent)
    # The server raises Ctrl-C again once it has stopped in order.
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, demo=demo))


@cli.command()
def work(
    demo: Annotated[bool, typer.Option("--demo", help="SMS go to the demo phones.")] = False,
    with_parent: WithParent = False,
) -> None:
    """The worker: messages, reactions, seals, and the demo's passing of time."""
    asyncio.run(_work(_settings(with_parent=with_parent), demo=demo))


@cli.command(name="migrate")
def migrate_command() -> None:
    """Bring the database to the present schema. Safe at every start."""
    settings = _settings()
    migrate(settings.owner_url or connection_url(settings), now=wall_clock())


@cli.command()
def version() -> None:
    typer.echo(VERSION)


async def _serve(settings: configuration.Settings, *, demo: bool) -> None:
    db = await _database(settings, connections_max=10)
    server = uvicorn.Server(
        uvicorn.Config(
            application(db, speak(settings), demo=demo),
            host=settings.host,
            port=settings.port,
            access_log=False,  # addresses in it would be personal, and pages have their own log
            log_config=None,  # its lines go the way of all others
            log_level="warning",
            server_header=False,
            date_header=True,
            proxy_headers=settings.tls_proxy,
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=32 * 1024,
        )
    )
    await server.serve()


async def _work(settings: configuration.Settings, *, demo: bool) -> None:
    db = await _database(settings, connections_max=4)
    db = db.acting(Principal.system("jobs"))
    kit, extra = tools(db, speak(settings)), []
    if demo:
        kit = Tools(db, kit.words, demonstration.deliver, kit.reactions)
        extra = [Schedule("demo_pulse", "* * * * * */10", _pulse(db))]
    task = asyncio.ensure_future(
        run_jobs(connection_url(settings), jobs(kit), [*schedules(kit), *extra])
    )
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, task.cancel)
    with suppress(asyncio.CancelledError):
        await task
    await db.close()


def _pulse(db: Database) -> Callable[[], Awaitable[None]]:
    async def pulse() -> None:
        await demonstration.pulse(db)

    return pulse


async def _database(settings: configuration.Settings, *, connections_max: int) -> Database:
    return await connect(
        connection_url(settings),
        settings,
        load_keys(settings.folder),
        reactions=REACTIONS,
        connections_max=connections_max,
    )


def _settings(*, with_parent: bool = False) -> configuration.Settings:
    if with_parent:
        demonstration.end_with_parent()
    log_quietly()
    return configuration.load()


def main() -> None:
    try:
        cli()
    except configuration.SettingsWrong as error:
        typer.echo(f"abonent: {error}", err=True)
        sys.exit(2)
    except (ServerFailed, ServerNotFound, Unusable) as error:
        typer.echo(f"abonent: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
