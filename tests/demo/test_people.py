"""Who lives in the demo, and that chance is always the same."""

from __future__ import annotations

from abonent.demo.draw import Draw
from abonent.demo.people import CAST, household, households
from abonent.demo.rows import imsi, msisdn
from abonent.demo.shop import read_offers
from abonent.settings import load


def test_the_generator_is_splitmix64() -> None:
    # The published sequence of the seed 0; a change here would give everybody another life.
    draw = Draw()
    assert [draw.bits() for _ in range(3)] == [
        0xE220A8397B1DCDAF,
        0x6E789E6AA1B965F4,
        0x06C45D188009454F,
    ]


def test_a_person_is_the_same_however_many_others_there_are() -> None:
    few, many = list(households(1, 50)), list(households(1, 500))
    assert many[: len(few)] == few


def test_the_cast_has_its_places() -> None:
    assert [person.name for person in CAST] == [
        "Анна", "Планшет", "Борис", "Вера", "Модем на даче",
    ]  # fmt: skip
    assert [person.index for person in CAST] == [1, 2, 3, 4, 5]
    assert household(2).index == 1


def test_everybody_belongs_to_exactly_one_household() -> None:
    indexes = [person.index for house in households(1, 2000) for person in house.members]
    assert indexes == list(range(1, 2001))


def test_some_households_have_two_numbers_and_there_are_all_devices() -> None:
    houses = list(households(6, 1000))
    assert 80 < sum(len(house.members) == 2 for house in houses) < 120
    devices = {person.device for house in houses for person in house.members}
    assert devices == {"phone", "tablet", "modem"}


def test_numbers_follow_the_profile() -> None:
    by = load({}).operator
    ru = load({"ABONENT_PROFILE": "ru"}).operator
    assert msisdn(by, 1) == 375330000001
    assert msisdn(ru, 1) == 79000000001
    assert imsi(by, 1) == 257990000000001


def test_both_currencies_have_a_whole_catalogue() -> None:
    for currency in ("BYN", "RUB"):
        offers = read_offers(currency)  # type: ignore[arg-type]
        tariffs = [offer for offer in offers if offer.kind == "tariff"]
        assert 5 <= len(tariffs) <= 6
        assert 4 <= len(offers) - len(tariffs) <= 6
        for offer in offers:
            assert set(offer.names) == {"ru", "be", "en"}
        wanted = {
            (unit, scope) for unit in ("byte", "second", "message") for scope in ("home", "roaming")
        } - {("second", "home")} | {("second", "in_net"), ("second", "other_net")}
        for tariff in tariffs:
            assert {(price.unit, price.scope) for price in tariff.prices} == wanted
