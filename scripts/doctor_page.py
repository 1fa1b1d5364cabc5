"""Write docs/reference/doctor.md from the checks themselves: `python scripts/doctor_page.py`."""

from pathlib import Path

from tomada.cli.doctor import CHECKS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "doctor.md"
_HEAD = """\
# The doctor

`tomada doctor` goes through the production checklist of Pluggy's guide, and more. Run it where the server runs, with the server's
environment; it changes nothing and is safe while the service runs. It exits with 1 where something is a problem; a warning is none. `--json`
prints one object for programs.

`tomada doctor --sandbox` also connects a sandbox bank from the terminal, reads it, waits for its webhook, and deletes it again. It needs
`TOMADA_ENV=development` and keys that may use sandbox banks.

What keeps the doctor from looking at all is named `settings`, `database`, `migrations` or `master_key`. What depends on something that is
amiss is listed as not looked at, never as fine. This page is written from the code.

| Check | Belongs to | Why it matters | What to do |
|---|---|---|---|
"""


def page() -> str:
    """Write the page."""
    return _HEAD + "".join(
        f"| `{one.code}`{' (warning)' if one.severity == 'warning' else ''} | {one.area} | {one.why} | {one.remedy} |\n"
        for one in CHECKS
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
