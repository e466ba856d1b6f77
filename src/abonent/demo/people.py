"""Who lives in the demo: five people of the cast, and as many others as asked for.

Everybody follows from an index alone: index 1 is the number +375330000001 (or +79000000001), the
subscription 1, and the same person whether a thousand others are loaded or a hundred thousand.
Money hangs on the household: its account has the index of its first member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from abonent.demo.draw import Draw

INDEX_MAX = 9_999_999
"""Seven digits of a number stand for the index."""

Device = Literal["phone", "tablet", "modem"]

_FIRST_NAMES = (
    "Алесь", "Алина", "Антон", "Вадим", "Виктор", "Галина", "Дарья", "Денис", "Егор", "Елена",
    "Зоя", "Игорь", "Ирина", "Кирилл", "Ксения", "Лидия", "Максим", "Марина", "Надежда", "Никита",
    "Олег", "Ольга", "Павел", "Полина", "Роман", "Светлана", "Тарас", "Ульяна", "Фёдор", "Юлия",
)  # fmt: skip
_LAST_NAMES = (
    "Бондаренко", "Василевич", "Гончар", "Дашкевич", "Жук", "Завадич", "Кисель", "Климович",
    "Коваль", "Кравец", "Левченко", "Мазур", "Новик", "Остапчук", "Петрович", "Рудак", "Савич",
    "Стасевич", "Ткач", "Урбанович", "Хмель", "Шевчик", "Юшкевич", "Ярош",
)  # fmt: skip
_PHONE_TARIFFS = ("tropinka", "stepnoy", "stepnoy", "lugovoy", "lugovoy", "bezbrezhny")
_TARIFFS: dict[Device, tuple[str, ...]] = {
    "phone": _PHONE_TARIFFS,
    "tablet": ("rucheyok",),
    "modem": ("rodnik",),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A number and whoever uses it. `appetite` is in percent; `lively` uses it all day long.

    `overage_steps` limits what a period may cost beyond its fee, in the purse's steps.
    """

    index: int
    device: Device
    tariff: str
    language_draw: int
    name: str | None
    appetite: int
    lively: bool
    overage_steps: int


@dataclass(frozen=True, slots=True)
class Household:
    """An account and its numbers. `exact` names the purse's sum that the balance must come to.

    `spare_steps` is what a top-up leaves above the fees; `pays` is False for who never tops up
    before the fee has to be paid.
    """

    index: int
    party_name: str
    anchor_draw: int
    age_days: int
    opening_steps: int
    spare_steps: int
    pays: bool
    exact: Literal["anna", "boris"] | None
    members: tuple[Person, ...]


def households(first: int, last: int) -> Iterator[Household]:
    """The households whose first member is among these indexes."""
    for index in range(first, last + 1):
        if not _second(index):
            yield household(index)


def household(index: int) -> Household:
    """The household that a person belongs to, by anybody's index in it."""
    if _second(index):
        index -= 1
    if index in _CAST:
        return _CAST[index]
    draw = Draw(index)
    name = f"{draw.one_of(_FIRST_NAMES)} {draw.one_of(_LAST_NAMES)}"
    members = [_person(index, draw)]
    if _second(index + 1):
        members.append(_person(index + 1, draw))
    return Household(
        index=index,
        party_name=name,
        anchor_draw=draw.between(1, 31),
        age_days=draw.between(240, 3500),
        opening_steps=draw.between(1, 40),
        spare_steps=draw.between(1, 12),
        pays=True,
        exact=None,
        members=tuple(members),
    )


def _second(index: int) -> bool:
    """Whether this is a household's second number: a tenth of all people, and Anna's tablet."""
    return index == 2 or (index > 5 and index % 10 == 7)


def _person(index: int, draw: Draw) -> Person:
    device = draw.one_of(_DEVICES)
    return Person(
        index=index,
        device=device,
        tariff=draw.one_of(_TARIFFS[device]),
        language_draw=draw.below(100),
        name=None,
        appetite=draw.between(20, 190),
        lively=False,
        overage_steps=draw.between(0, 8),
    )


def _cast(
    index: int, name: str, device: Device, tariff: str, *, appetite: int = 100, overage: int = 3
) -> Person:
    return Person(index, device, tariff, 0, name, appetite, True, overage)


def _house(
    members: tuple[Person, ...],
    party_name: str,
    *,
    anchor: int,
    spare: int,
    pays: bool = True,
    exact: Literal["anna", "boris"] | None = None,
) -> Household:
    return Household(
        index=members[0].index,
        party_name=party_name,
        anchor_draw=anchor,
        age_days=800 + 90 * members[0].index,
        opening_steps=20 if pays else 0,
        spare_steps=spare,
        pays=pays,
        exact=exact,
        members=members,
    )


_DEVICES: tuple[Device, ...] = ("phone",) * 17 + ("tablet",) * 2 + ("modem",)

_HOUSES = (
    _house(
        (
            _cast(1, "Анна", "phone", "lugovoy", appetite=85, overage=2),
            _cast(2, "Планшет", "tablet", "rucheyok", appetite=70, overage=1),
        ),
        "Анна Коваль",
        anchor=1,
        spare=3,
        exact="anna",
    ),
    _house(
        (_cast(3, "Борис", "phone", "tropinka", appetite=60, overage=0),),
        "Борис Гончар",
        anchor=20,
        spare=0,
        pays=False,
        exact="boris",
    ),
    _house((_cast(4, "Вера", "phone", "stepnoy"),), "Вера Новик", anchor=10, spare=6),
    _house((_cast(5, "Модем на даче", "modem", "rodnik"),), "Пётр Савич", anchor=5, spare=5),
)
_CAST = {house.index: house for house in _HOUSES}
CAST = tuple(person for house in _HOUSES for person in house.members)
"""The named people: 1 Anna, 2 her tablet, 3 Boris, 4 Vera, 5 a modem."""
