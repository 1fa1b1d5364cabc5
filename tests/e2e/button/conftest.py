"""The browser of the dashboard's tests."""

from tests.e2e.dashboard.conftest import browser

__all__ = ["browser"]
