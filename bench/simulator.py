"""The simulator: how soon it is there, what a page of 500 rows costs it, and a hundred days.

--pages 200    pages of 500 rows to serve
--starts 7     starts of the program; the median counts
"""

import argparse
import asyncio
import http.client
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from statistics import median
from urllib.parse import urlsplit

from tomada.simulator import SimulatorSettings, WorldClock, run_simulator
from tomada.simulator.scenarios import read_scenario
from tomada.simulator.threaded import ThreadedSimulator, threaded_simulator

# What the simulator promises: seconds until it answers, and seconds of processor for a page.
START, PAGE, HUNDRED_DAYS = 1.0, 0.003, 10.0
_BANKS = """
title: A household with three banks
steps:
  - {connect: first, connector: 613}
  - {connect: second, connector: 615}
  - {connect: third, connector: 617}
"""
LOGIN = {"user": "user-ok", "password": "password-ok"}


def starts(count: int) -> tuple[float, float]:
    """Start the program again and again; give the medians of wall and processor seconds."""
    found = [_start() for _ in range(count)]
    return median(wall for wall, _ in found), median(cpu for _, cpu in found)


def _start() -> tuple[float, float]:
    begun, used = time.perf_counter(), _children()
    command = [sys.executable, "-m", "tomada", "simulate", "--port", "0", "--speed", "instant"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:  # noqa: S603  (our own command)
        if program.stdout is None:
            raise RuntimeError("a pipe was asked for")
        # The address is printed once it answers there.
        if "http://" not in program.stdout.readline():
            sys.exit("the simulator did not start")
        wall = time.perf_counter() - begun
        program.terminate()
        program.wait()
    return wall, _children() - used


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def pages(count: int) -> tuple[float, float]:
    """Serve *count* pages; give wall and processor seconds of the simulator for one."""
    settings = SimulatorSettings(requests_per_minute=None, auto_sync_hours=None)
    with threaded_simulator(settings) as simulator:
        place = urlsplit(simulator.url)
        line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        address, headers = _connect(line, simulator, thousands=max(1, count // 2))
        _read(line, address, headers)
        # The world has a thread of its own, so its processor time is the simulator's alone.
        before, begun, served = simulator.do(lambda _: time.thread_time()), time.perf_counter(), 0
        following: str | None = address
        while following is not None and served < count:
            page = _read(line, following, headers)
            if len(page["results"]) != 500:  # noqa: PLR2004  (what is measured is a full page)
                break
            served += 1
            following = f"/v2/transactions{page['next']}" if page["next"] else None
        wall = time.perf_counter() - begun
        cpu = simulator.do(lambda _: time.thread_time()) - before
        print(f"  {served} pages of 500 rows were served")
        return wall / served, cpu / served


def _connect(
    line: http.client.HTTPConnection, simulator: ThreadedSimulator, *, thousands: int
) -> tuple[str, dict[str, str]]:
    keys = {"clientId": simulator.client_id, "clientSecret": simulator.client_secret}
    headers = {"Content-Type": "application/json"}
    headers["X-API-KEY"] = _post(line, "/auth", keys, headers)["apiKey"]
    login = LOGIN | {"user": f"user-ok-perf-{thousands}x"}
    item = _post(line, "/items", {"connectorId": 0, "parameters": login}, headers)
    simulator.settle()
    account = _read(line, f"/accounts?itemId={item['id']}", headers)["results"][0]
    return f"/v2/transactions?accountId={account['id']}", headers


def _post(
    line: http.client.HTTPConnection, path: str, body: object, headers: dict[str, str]
) -> dict[str, str]:
    line.request("POST", path, json.dumps(body), headers)
    return dict(json.loads(line.getresponse().read()))


def _read(
    line: http.client.HTTPConnection, path: str, headers: dict[str, str]
) -> dict[str, list[dict[str, str]]]:
    line.request("GET", path, headers=headers)
    return dict(json.loads(line.getresponse().read()))


async def hundred_days() -> float:
    """Let a household with three banks live for a hundred days; give the seconds it took."""
    clock = WorldClock.standing(datetime(2026, 3, 2, 12, tzinfo=UTC))
    settings = SimulatorSettings(clock=clock, live_interval=6 * 3600, requests_per_minute=None)
    async with run_simulator(settings) as simulator:
        world = simulator.world
        await world.play(read_scenario("household", _BANKS))
        begun = time.perf_counter()
        await clock.advance(days=100)
        return time.perf_counter() - begun


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pages", type=int, default=200)
    words.add_argument("--starts", type=int, default=7)
    asked = words.parse_args()

    wall, cpu = starts(asked.starts)
    print(f"start: {wall:.2f} s wall, {cpu:.2f} s CPU, of {START} s: {wall / START:.2f}")
    page_wall, page_cpu = pages(asked.pages)
    print(
        f"page of 500 rows: {page_wall * 1e3:.2f} ms wall, {page_cpu * 1e3:.2f} ms CPU, "
        f"of {PAGE * 1e3:.0f} ms CPU: {page_cpu / PAGE:.2f}"
    )
    days = asyncio.run(hundred_days())
    print(
        f"a hundred days with three banks: {days:.2f} s, of {HUNDRED_DAYS:.0f} s: {days / HUNDRED_DAYS:.2f}"
    )
    sys.exit(int(wall > START or page_cpu > PAGE or days > HUNDRED_DAYS))


if __name__ == "__main__":
    main()
