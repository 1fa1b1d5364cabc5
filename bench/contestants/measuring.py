"""What a contestant in Python measures of itself; standard library only, for both of them run it."""

import json
import resource
import sys
import time
from dataclasses import dataclass, field


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@dataclass(slots=True)
class Stopwatch:
    """Started once everything is imported, logged in and warm."""

    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=_cpu)

    def report(self, *, rows: int, total: float) -> None:
        """Print what was used since the start; *total* shows that the same rows were read."""
        # Linux counts in KiB, macOS in bytes.
        unit = 1 if sys.platform == "darwin" else 1024
        found = {
            "rows": rows,
            "total": round(total, 2),
            "wall": time.perf_counter() - self.wall,
            "cpu": _cpu() - self.cpu,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20,
        }
        print(json.dumps(found))
