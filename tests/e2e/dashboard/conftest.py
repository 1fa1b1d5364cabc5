"""A browser, and a tab in it for somebody new."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.conftest import Running
from tests.e2e.dashboard.tab import Tab, tab_of
from tests.e2e.widget.chromium import browser as chromium


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Skips the test, and says how to get one, where there is none."""
    async with chromium() as started:
        yield started


@pytest.fixture
async def tab(browser: Browser, tomada: Running) -> AsyncIterator[Tab]:
    """The desk of somebody with an account who has connected nothing."""
    async with tab_of(tomada, browser) as opened:
        yield opened


@pytest.fixture
async def phone(browser: Browser, tomada: Running) -> AsyncIterator[Tab]:
    """The same on a phone."""
    async with tab_of(tomada, browser, width=390, height=844) as opened:
        yield opened
