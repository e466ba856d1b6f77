"""Folders for demos: one fresh for a test, one in which a demo has lived before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/system" in str(item.path):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def fresh() -> Iterator[Path]:
    with running.place() as folder:
        yield folder


@pytest.fixture(scope="module")
def lived_in() -> Iterator[Path]:
    """Loaded, and stopped in order. Every test that uses it leaves it stopped."""
    with running.place() as folder:
        demo = running.start(folder)
        assert demo.stop() == 0, demo.log
        yield folder
