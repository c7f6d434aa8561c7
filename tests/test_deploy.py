"""What an installation is given is held to the schemas and checks of those who read it. No cluster is started here."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from api import configuration
from api.command import main
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
MANIFESTS: list[dict[str, Any]] = [
    document
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(file.read_text("utf-8"))
]


def name(manifest: dict[str, Any]) -> str:
    return f"{manifest['kind']}-{manifest['metadata']['name']}"


@pytest.mark.parametrize("manifest", MANIFESTS, ids=name)
def test_a_manifest_fits_the_schema_of_kubernetes(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, "1.34", strict=True)


@pytest.mark.parametrize("manifest", [each for each in MANIFESTS if "template" in each.get("spec", {})], ids=name)
def test_a_pod_runs_as_nobody_on_a_root_that_can_not_be_written(manifest: dict[str, Any]) -> None:
    pod = manifest["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    for container in pod["containers"]:
        context = container["securityContext"]
        assert (context["readOnlyRootFilesystem"], context["allowPrivilegeEscalation"]) == (True, False)
        assert context["capabilities"] == {"drop": ["ALL"]}


def test_the_compose_file_fits_its_schema() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*check, str(DEPLOY / "compose.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_containerfile_passes_its_linter() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    # DL3008: Debian's packages come from the image, whose newest security updates are wanted
    command = [str(linter), "--ignore", "DL3008", "--format", "json", str(DEPLOY / "Containerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout) == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd to ask")
@pytest.mark.parametrize("unit", sorted(path.name for path in (DEPLOY / "systemd").iterdir()))
def test_a_unit_passes_systemd(unit: str, tmp_path: Path) -> None:
    text = (DEPLOY / "systemd" / unit).read_text("utf-8")
    # where Knooppunt isn't installed, systemd minds that: here any program may stand for it
    file = tmp_path / unit
    file.write_text(text.replace("/opt/knooppunt/.venv/bin/knooppunt", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if unit in line] == []


def test_the_settings_that_are_given_are_settings(tmp_path: Path) -> None:
    word = "een-woord"
    (tmp_path / "database_password").write_text(word)
    manifests = (DEPLOY / "kubernetes" / "configuration.yaml").read_text("utf-8")
    mapped = next(iter(yaml.safe_load_all(manifests)))["data"]["knooppunt.toml"]
    for text in ((DEPLOY / "knooppunt.toml").read_text("utf-8"), mapped):
        assert tomllib.loads(text)
        file = tmp_path / "knooppunt.toml"
        file.write_text(re.sub(r'"/run/secrets/(\w+)"', rf'"{tmp_path}/\1"', text))
        assert configuration.load(file).database.password == word


def test_each_verb_that_is_started_exists() -> None:
    units = " ".join(path.read_text("utf-8") for path in (DEPLOY / "systemd").iterdir())
    started = set(re.findall(r"bin/knooppunt (\w+)", units))
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))["services"]
    started |= {service["command"][0] for service in services.values() if "command" in service}
    assert started >= {"serve", "worker", "migrate"}
    for verb in started:
        with pytest.raises(SystemExit) as ended:
            main([verb, "--help"])
        assert ended.value.code == 0
