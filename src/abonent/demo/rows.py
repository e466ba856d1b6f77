"""Lives as rows: what the bulk load writes, as texts of COPY, by table.

The one place outside the rooms that knows their tables: a hundred thousand lives through the
actions would take hours. A test lives a sample of them through the actions and compares.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from abonent import charging
from abonent.demo.life import Life, World, live
from abonent.demo.people import Household, Person, households
from abonent.settings import Operator

COLUMNS = {
    "subscribers.party": "id kind name",
    "subscribers.billing_account": "id party_id number payment_mode time_zone opened_at",
    "subscribers.subscription": (
        "billing_account_id id status name device_kind language tariff tariff_version opened_at"
    ),
    "subscribers.msisdn_holding": "msisdn billing_account_id subscription_id during",
    "subscribers.imsi_holding": "imsi billing_account_id subscription_id during",
    "messaging.contact": "billing_account_id subscription_id msisdn language",
    "ledger.account": "billing_account_id asset balance changed_at",
    "ledger.entry": (
        "billing_account_id posted_at operation_id subscription_id asset source target units"
        " category occurred_at offer_code offer_version tax_rate_bp"
    ),
    "ledger.day_total": "billing_account_id asset on_date category units",
    "charging.bucket": (
        "billing_account_id subscription_id offer_code offer_version unit scope total remaining"
        " valid_from valid_until changed_at"
    ),
    "charging.recurring": (
        "billing_account_id subscription_id offer_code offer_version asset fee_units anchor_day"
        " next_on"
    ),
    "charging.usage": (
        "occurred_at source source_id billing_account_id subscription_id unit scope quantity"
        " from_buckets charged_units recorded_at"
    ),
}
"""Columns by table, in the order in which the tables refer to each other."""

Lines = defaultdict[str, list[str]]

_NULL = "\\N"
_ACCOUNT_NUMBERS_FROM = 3_300_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the population to make: everybody whose household begins in [first, last]."""

    first: int
    last: int
    world: World
    operator: Operator


def build(piece: Piece) -> dict[str, bytes]:
    """The rows of a piece, in the text format of COPY, by table. Runs in a process of its own."""
    lines: Lines = defaultdict(list)
    for household in households(piece.first, piece.last):
        life = live(household, piece.world)
        opened_at = piece.world.now - timedelta(days=household.age_days)
        _write_household(lines, piece, household, opened_at)
        for person in household.members:
            _write_person(lines, piece, household, person, opened_at)
            _write_plan(lines, piece.world, life, person)
        _write_money(lines, life, piece.world)
        _write_usages(lines, life)
    return {table: "".join(rows).encode() for table, rows in lines.items()}


def msisdn(operator: Operator, index: int) -> int:
    """The digits of the number with this index: 375330000001 is the first of «Василёк»."""
    left = operator.numbering.national_digits - len(operator.number_prefix)
    return int(f"{operator.numbering.country_code}{operator.number_prefix}{index:0{left}}")


def imsi(operator: Operator, index: int) -> int:
    """An IMSI of the country's test network (MNC 99), 15 digits."""
    mobile_country_code = {"BY": 257, "RU": 250}.get(operator.numbering.region, 1)
    return int(f"{mobile_country_code}99{index:010}")


def language(operator: Operator, person: Person) -> str:
    """Most people speak the operator's first language, a tenth the second, a few the third."""
    languages = operator.languages
    place = 0 if person.language_draw < 87 else 1 if person.language_draw < 97 else 2
    return languages[min(place, len(languages) - 1)]


def _write_household(lines: Lines, piece: Piece, household: Household, opened_at: datetime) -> None:
    index, zone = household.index, piece.world.time_zone
    number = _ACCOUNT_NUMBERS_FROM + index
    lines["subscribers.party"].append(f"{index}\tperson\t{household.party_name}\n")
    lines["subscribers.billing_account"].append(
        f"{index}\t{index}\t{number}\tprepaid\t{zone}\t{opened_at}\n"
    )


def _write_person(
    lines: Lines, piece: Piece, household: Household, person: Person, opened_at: datetime
) -> None:
    account, index = household.index, person.index
    number, spoken = msisdn(piece.operator, index), language(piece.operator, person)
    version = piece.world.offers[person.tariff].version
    lines["subscribers.subscription"].append(
        f"{account}\t{index}\tactive\t{person.name or _NULL}\t{person.device}\t{spoken}"
        f"\t{person.tariff}\t{version}\t{opened_at}\n"
    )
    held = f'{account}\t{index}\t["{opened_at}",)\n'
    lines["subscribers.msisdn_holding"].append(f"{number}\t{held}")
    lines["subscribers.imsi_holding"].append(f"{imsi(piece.operator, index)}\t{held}")
    lines["messaging.contact"].append(f"{account}\t{index}\t{number}\t{spoken}\n")


def _write_plan(lines: Lines, world: World, life: Life, person: Person) -> None:
    """The plan and the buckets of the present period; those of earlier ones are history."""
    offer, account = world.offers[person.tariff], life.household.index
    key = f"{account}\t{person.index}\t{offer.code}\t{offer.version}"
    lines["charging.recurring"].append(
        f"{key}\t{offer.fee.asset}\t{offer.fee.units}\t{life.anchor_day}"
        f"\t{life.next_on[person.index]}\n"
    )
    for bucket in life.buckets[person.index]:
        if bucket.valid_until > world.now:
            total = _NULL if bucket.total is None else bucket.total
            left = _NULL if bucket.remaining is None else bucket.remaining
            lines["charging.bucket"].append(
                f"{key}\t{bucket.unit}\t{bucket.scope}\t{total}\t{left}\t{bucket.valid_from}"
                f"\t{bucket.valid_until}\t{world.now}\n"
            )


def _write_money(lines: Lines, life: Life, world: World) -> None:
    account, asset = life.household.index, world.purse.asset
    changed_at = life.entries[-1][0]
    lines["ledger.account"].append(f"{account}\t{asset}\t{life.balance}\t{changed_at}\n")
    days: dict[str, int] = {}
    rows = lines["ledger.entry"]
    for at, posting in life.entries:
        code, version = posting.offer or (_NULL, _NULL)
        taxed = _NULL if posting.tax_rate_bp is None else posting.tax_rate_bp
        posted = str(at)
        occurred = posted if posting.occurred_at is at else str(posting.occurred_at)
        rows.append(
            f"{account}\t{posted}\t{posting.operation}\t{posting.subscription or _NULL}\t{asset}"
            f"\t{posting.source}\t{posting.target}\t{posting.amount.units}\t{posting.category}"
            f"\t{occurred}\t{code}\t{version}\t{taxed}\n"
        )
        day = f"{posting.on}\t{posting.category}"
        days[day] = days.get(day, 0) + posting.change
    lines["ledger.day_total"].extend(
        f"{account}\t{asset}\t{day}\t{change}\n" for day, change in days.items()
    )


def _write_usages(lines: Lines, life: Life) -> None:
    account, rows = life.household.index, lines["charging.usage"]
    for record, rated in life.usages:
        usage = record.usage
        at = str(usage.occurred_at)
        rows.append(
            f"{at}\t{record.source}\t{record.source_id}\t{account}\t{record.subscription}"
            f"\t{usage.unit}\t{usage.scope}\t{usage.quantity}\t{rated.from_buckets}"
            f"\t{rated.charged_units}\t{at}\n"
        )


def first_moment(now: datetime, time_zone: str) -> datetime:
    """A moment before all history: its month is the first that needs partitions."""
    return charging.local(now, time_zone) - timedelta(days=190)
