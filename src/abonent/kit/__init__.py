"""Small values that every room speaks with. No business word lives here, no I/O, no clock."""

from abonent.kit.amount import SCALES, Amount, Asset
from abonent.kit.ids import (
    BillingAccountId,
    OperationId,
    PartyId,
    SubscriptionId,
    operation_id,
    random_id,
)
from abonent.kit.keys import Keys, SealBroken, token_digest
from abonent.kit.msisdn import (
    BadNumber,
    Msisdn,
    NumberingPlan,
    parse_msisdn,
)
from abonent.kit.refused import Busy, OperationReused, Refused
from abonent.kit.secret import Secret

__all__ = [
    "SCALES",
    "Amount",
    "Asset",
    "BadNumber",
    "BillingAccountId",
    "Busy",
    "Keys",
    "Msisdn",
    "NumberingPlan",
    "OperationId",
    "OperationReused",
    "PartyId",
    "Refused",
    "SealBroken",
    "Secret",
    "SubscriptionId",
    "operation_id",
    "parse_msisdn",
    "random_id",
    "token_digest",
]
