"""What deploy/ has, as far as it can be tried without a container engine."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from chat.tests.support.servers import ROOT, environment

DEPLOY = ROOT / "deploy"
TOOLS = Path(sys.executable).parent
COPIED = re.compile(r"^COPY (?!--)(.+) (\S+)$", re.MULTILINE)
HOST = "chat.example.com"
PASSWORD = "a"
DEFAULT = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")


def run(*command: str | Path, **options: Any) -> str:
    """What a command prints. It fails with that, too."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    said: str = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def copied() -> set[str]:
    """What the image has of the repository."""
    return {
        it
        for names, _ in COPIED.findall((DEPLOY / "Dockerfile").read_text())
        for it in names.split()
    }


def compose() -> Any:
    """compose.yaml, with the variables that docs/deploy.md sets."""
    given = {"LOBBY_HOST": HOST, "POSTGRES_PASSWORD": PASSWORD}
    text = (DEPLOY / "compose.yaml").read_text()
    return yaml.safe_load(DEFAULT.sub(lambda it: given.get(it[1], it[2] or ""), text))


# --- the image ----------------------------------------------------------------------------------


def test_the_dockerfile_has_no_fault_that_hadolint_knows() -> None:
    assert run(TOOLS / "hadolint", DEPLOY / "Dockerfile") == ""


def test_the_build_is_sent_what_the_image_takes_and_nothing_else() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    sent = {it.removeprefix("!") for it in lines if it.startswith("!")}
    assert sent == copied() | {"requirements.txt"}
    assert "*" in lines


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the image has as /lobby."""
    folder = tmp_path_factory.mktemp("lobby")
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    left_out = [it.removeprefix("**/") for it in lines if it.startswith("**/")]
    assert left_out == ["__pycache__", "tests"]
    for name in copied() - {"requirements.txt"}:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*left_out))
        else:
            shutil.copy(ROOT / name, folder)
    return folder


def test_the_image_has_all_that_a_start_needs_and_writes_its_data_alone(
    image: Path, tmp_path: Path
) -> None:
    before = sorted(image.rglob("*"))
    settings = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""}
    start = "import mysite.asgi; from mysite.servers import startup; startup.prepare()"
    run(sys.executable, "-c", start, cwd=image, env=environment(tmp_path, **settings))
    run(sys.executable, "manage.py", "check", cwd=image, env=environment(tmp_path, **settings))
    assert {"secret_key", "static", "lobby.sqlite3"} <= {it.name for it in tmp_path.iterdir()}
    assert sorted(image.rglob("*")) == before


def test_all_packages_of_the_image_are_in_its_requirements() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert re.findall(r"pip install .*", text) == [
        "pip install --no-cache-dir -r /requirements.txt"
    ]


# --- compose ------------------------------------------------------------------------------------


def test_the_compose_file_is_one() -> None:
    schema = ["--builtin-schema", "vendor.compose-spec"]
    run(TOOLS / "check-jsonschema", *schema, DEPLOY / "compose.yaml")


def test_the_settings_of_compose_pass_the_deployment_checks(tmp_path: Path) -> None:
    settings = compose()["services"]["lobby"]["environment"]
    assert settings["ALLOWED_HOSTS"] == HOST
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    env = environment(tmp_path, **settings) | {"RATES": "on"}
    tmp_path.chmod(0o700)
    run(*command, cwd=ROOT, env=env)


def test_the_proxy_of_compose_is_in_the_network_that_lobby_trusts() -> None:
    file = compose()
    [network] = file["networks"]["default"]["ipam"]["config"]
    assert network["subnet"] == file["services"]["lobby"]["environment"]["TRUSTED_PROXIES"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    services = compose()["services"]
    assert [name for name, it in services.items() if it.get("ports")] == ["caddy"]


def test_every_service_of_compose_is_bounded_and_told_to_be_well() -> None:
    for name, service in compose()["services"].items():
        if name == "migrate":  # ends by itself
            continue
        assert service["restart"] == "unless-stopped", name
        assert service["mem_limit"], name
        is_lobby = name == "lobby"  # its image has the check
        assert is_lobby or service["healthcheck"]["test"], name
    assert "HEALTHCHECK" in (DEPLOY / "Dockerfile").read_text()


@pytest.mark.parametrize("name", ["migrate", "lobby"])
def test_lobby_in_compose_can_write_its_volume_alone(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["volumes"] == ["data:/data"]
    assert service["tmpfs"] == ["/tmp"]


def test_the_commands_of_compose_are_commands() -> None:
    for name in ("migrate", "lobby"):
        [python, script, command, *options] = compose()["services"][name]["command"]
        assert (python, script) == ("python", "manage.py")
        told = run(sys.executable, "manage.py", command, "--help", cwd=ROOT)
        assert all(it.split("=")[0] in told for it in options if it.startswith("--"))


# --- one machine --------------------------------------------------------------------------------


@pytest.fixture
def systemd_analyze() -> str:
    found = shutil.which("systemd-analyze")
    return found or pytest.skip("systemd-analyze is missing: apt-get install systemd")


def test_the_unit_is_one(systemd_analyze: str, tmp_path: Path) -> None:
    text = (DEPLOY / "lobby.service").read_text()
    unit = tmp_path / "lobby.service"
    unit.write_text(text.replace("/opt/lobby/.venv/bin/python", sys.executable))
    assert run(systemd_analyze, "verify", unit) == ""


def test_the_unit_is_hardened(systemd_analyze: str) -> None:
    said = run(systemd_analyze, "security", "--offline=true", DEPLOY / "lobby.service")
    found = re.search(r"exposure level for lobby.service: ([\d.]+)", said)
    assert found
    assert float(found[1]) <= 2.0


def test_the_unit_lets_pictures_be_bounded_and_descriptors_raised() -> None:
    """`setrlimit` is in @resources: see files/picture_worker/limits.py, servers/descriptors.py."""
    text = (DEPLOY / "lobby.service").read_text()
    denied = " ".join(re.findall(r"SystemCallFilter=~(.*)", text)).split()
    assert denied
    assert "@resources" not in denied


# --- proxies: servers/test_proxies.py has nginx and Caddy ---------------------------------------


def test_the_caddyfile_is_written_as_caddy_does() -> None:
    written = run(TOOLS / "caddy", "fmt", DEPLOY / "Caddyfile")
    assert written == (DEPLOY / "Caddyfile").read_text()


def test_traefik_finds_what_its_routers_name() -> None:
    http = yaml.safe_load((DEPLOY / "traefik.yaml").read_text())["http"]
    for router in http["routers"].values():
        assert router["service"] in http["services"]
        assert set(router.get("middlewares", [])) <= http["middlewares"].keys()


def test_a_quiet_socket_outlives_the_patience_of_nginx() -> None:
    """Servers ping each 20 s: uvicorn by default, daphne by its option."""
    seconds = re.findall(
        r"proxy_(?:read|send)_timeout (\d+)s;", (DEPLOY / "nginx.conf").read_text()
    )
    assert len(seconds) == 2
    assert all(int(it) >= 60 for it in seconds)
