"""A process that does one thing many times at once: started by the tests of concurrency.

It reads one JSON line (how to connect, what to do), says "ready", waits for a line, and then writes
a JSON object: how often each outcome came.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from abonent import access
from abonent import settings as configuration
from abonent.kit import Keys, Msisdn, Refused, Secret
from abonent.storage import Database, connect


async def outcome(db: Database, order: dict[str, Any], index: int) -> str:
    try:
        if order["do"] == "guess":
            await access.sign_in(
                db,
                msisdn=Msisdn(order["number"]),
                password=Secret(f"guess{index}"),
                origin=access.Origin(None, f"192.0.2.{index % 250}", "", "web"),
            )
        elif order["do"] == "code":
            there = access.Origin(Secret(order["device"]), "192.0.2.1", "", "web")
            flow = UUID(order["flow"])
            await access.confirm_password(db, flow=flow, code=order["code"], origin=there)
        else:
            await access.request_password(
                db,
                msisdn=Msisdn(order["number"]),
                password=Secret("zeBra27w"),
                origin=access.Origin(None, f"192.0.2.{index % 250}", "", "web"),
            )
    except Refused as refusal:
        return refusal.code
    return "done"


async def main() -> None:
    order = json.loads(sys.stdin.readline())
    limits = msgspec.convert(order["limits"], configuration.Limits)
    settings = configuration.replace(
        configuration.load({"ABONENT_DATA": order["folder"]}), limits=limits
    )
    keys = Keys({"1": bytes.fromhex(order["keys"][0])}, "1", *map(bytes.fromhex, order["keys"][1:]))
    now = datetime.fromisoformat(order["now"])
    db = await connect(order["url"], settings, keys, clock=lambda: now)
    async with db.transaction() as tx:
        await tx.value("SELECT 1")
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    done = await asyncio.gather(*(outcome(db, order, i) for i in range(order["times"])))
    print(json.dumps(Counter(done)), flush=True)
    await db.close()


if __name__ == "__main__":
    asyncio.run(main())
