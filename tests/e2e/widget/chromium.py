"""Find the browser of this machine and start it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOW_TO_GET_ONE = (
    "No Chromium found, so the browser tests are skipped. Install one (on Debian or Ubuntu: "
    "apt-get install chromium) or name it in TOMADA_CHROMIUM."
)


def chromium() -> str:
    """Give the path of a Chromium; skips the test where there is none."""
    found = os.environ.get("TOMADA_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(HOW_TO_GET_ONE)
    return found


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Run a headless browser until the block is left."""
    path = chromium()
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield started
        finally:
            await started.close()
