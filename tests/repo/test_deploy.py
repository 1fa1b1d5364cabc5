"""What lies in deploy/ fits the program it deploys; what this machine has a checker for is checked."""

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from scripts.grafana_panels import FILE, board
from tests.repo.checkout import ROOT, read
from tomada.cli.app import COMMANDS
from tomada.settings import Settings

NO_NGINX = "there is no nginx on this machine (Debian: apt-get install nginx-light)"
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read("deploy/compose.yaml"))
    return found


def ours() -> dict[str, Any]:
    return {n: one for n, one in compose()["services"].items() if one["image"] == "tomada"}


def known(name: str) -> bool:
    plain = name.removesuffix("_FILE")
    fields = {f"TOMADA_{field.upper()}" for field in Settings.model_fields}
    return plain in fields | {"APP_URL", "PLUGGY_CLIENT_ID", "PLUGGY_CLIENT_SECRET"}


def test_the_composed_services_are_two_of_each_and_hardened() -> None:
    for name in ("web", "worker"):
        one = ours()[name]

        assert one["command"][0] == name
        assert name in COMMANDS
        assert one["deploy"]["replicas"] == 2
        assert (one["read_only"], one["cap_drop"]) == (True, ["ALL"])
        assert "no-new-privileges:true" in one["security_opt"]
        assert int(one["stop_grace_period"].removesuffix("s")) > 25


def test_what_is_set_is_a_setting_and_no_secret_stands_in_the_files() -> None:
    names = {name for one in ours().values() for name in one["environment"]}
    names |= set(re.findall(r"^([A-Z_]+)=", read("deploy/tomada.env.example"), re.MULTILINE))
    for unit in UNITS:
        names |= set(re.findall(r"((?:TOMADA|PLUGGY)_[A-Z_]+)=", unit.read_text("utf-8")))

    assert not [name for name in names if not known(name)]
    assert not [name for name in names if name.endswith(("_SECRET", "DATABASE_URL"))]
    assert set(compose()["secrets"]) >= {"database_url", "pluggy_client_secret"}


def test_the_files_that_are_mounted_are_there() -> None:
    mounted = [
        volume.split(":")[0]
        for one in compose()["services"].values()
        for volume in one.get("volumes", ())
        if volume.startswith("./") and "certificates" not in volume
    ]

    assert mounted
    assert not [path for path in mounted if not (ROOT / "deploy" / path).exists()]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: str(path.name))
def test_a_unit_runs_unprivileged_and_has_time_to_stop(unit: Path) -> None:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd tells cases apart
    parser.read_string(unit.read_text("utf-8"))
    service = dict(parser["Service"])

    assert service["User"] == "tomada"
    assert service["NoNewPrivileges"] == service["PrivateTmp"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert int(service["TimeoutStopSec"]) > 25
    assert service["LimitCORE"] == "0"
    assert "/opt/tomada/bin/tomada w" in service["ExecStart"]


def test_the_proxy_passes_streams_and_writes_the_clients_address_itself() -> None:
    text = read("deploy/nginx.conf")

    assert "proxy_buffering    off;" in text
    assert text.count("proxy_set_header Upgrade") == 2
    assert text.count("$remote_addr;") == 2
    assert "proxy_add_x_forwarded_for" not in text


def test_nginx_takes_the_proxys_file(tmp_path: Path) -> None:
    nginx = shutil.which("nginx")
    if nginx is None:
        pytest.skip(NO_NGINX)
    issued = trustme.CA().issue_cert("bank.example")
    issued.private_key_pem.write_to_path(tmp_path / "privkey.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "fullchain.pem")
    ours = read("deploy/nginx.conf").replace("server web:8600", "server 127.0.0.1:8600")
    ours = ours.replace("/etc/nginx/certificates", str(tmp_path)).replace(
        "listen 443", "listen 8443"
    )
    places = "".join(
        f"{name}_temp_path {tmp_path};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}{ours}}}\n"
    )

    checked = subprocess.run(
        [nginx, "-t", "-c", str(whole)], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stderr


def test_the_dashboard_is_what_its_source_gives_and_has_no_two_panels_in_one_place() -> None:
    shown = json.loads(board())
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in shown["panels"]]

    assert FILE.read_text("utf-8") == board(), "run: python scripts/grafana_panels.py"
    assert len(set(places)) == len(places) > 20
