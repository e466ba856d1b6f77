"""The audit trail: what was done, by whom, through which channel. Append-only.

A row is written in the transaction it tells of, so there is no deed without its row and no row
without its deed. One sealer chains the committed rows in batches; personal values (address, device)
stand beside the chain, so that erasing them breaks no seal.
"""

from abonent.audit.actions import note, seal_events
from abonent.audit.model import Event, chain_digest
from abonent.audit.store import broken_seals

__all__ = ["Event", "broken_seals", "chain_digest", "note", "seal_events"]
