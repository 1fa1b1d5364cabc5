"""Which licences may be in an installation: those that ask for a notice and no more."""

import re
from collections.abc import Iterator, Mapping

# As metadata writes them; all may be combined with MIT.
FREE = re.compile(
    r"MIT(?:-0)?(?: License)?|Apache(?:[- ]2\.0| Software License)|(?:[23]-Clause )?BSD(?: License)?"
    r"|BSD-[23]-Clause|ISC(?: License(?: \(ISCL\))?)?|PSF-2\.0|Python Software Foundation License",
)
# A file of theirs that is changed stays under their licence; ours are not touched by it.
WEAK = re.compile(r"MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\)")


def refused(licences: Mapping[str, str | None]) -> Iterator[str]:
    """Complain about each package whose licence is not one of these; of *A OR B* one is enough."""
    for name, told in sorted(licences.items()):
        choices = re.split(r"\s+OR\s+", told or "")
        if not any(_all_known(choice) for choice in choices):
            yield f"{name}: licence {told!r}"


def _all_known(words: str) -> bool:
    parts = [part.strip() for part in re.split(r"\s+AND\s+", words)]
    return all(FREE.fullmatch(part) or WEAK.fullmatch(part) for part in parts)
