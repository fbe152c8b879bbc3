from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mysite.environment import (
    at_least,
    bound,
    bucket,
    data_dir,
    files,
    mail,
    networks,
    one_of,
    origin,
    parse_rate,
    rates,
    read,
    refuse,
    root_path,
    stored_secret,
)


def test_the_data_folder_is_created_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new" / "data"))
    folder = data_dir("DATA_DIR", tmp_path)
    assert folder == tmp_path / "new" / "data"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_message_about_a_wrong_value_masks_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "http://lobby:secret@redis")
    with pytest.raises(SystemExit, match=r"REDIS_URL='http://\*\*\*@redis' is not a Redis URL"):
        refuse("REDIS_URL", "a Redis URL")


def test_processes_that_start_together_get_the_same_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: stored_secret(path), range(8)))
    assert len(secrets) == 1
    assert stored_secret(path) in secrets
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_variable_counts_as_none(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNUP", value)
    assert read(one_of("open", "off"), "SIGNUP", "open", allowed="open or off") == "open"


@pytest.mark.parametrize(
    ("value", "path"),
    [("/", ""), ("/lobby", "/lobby"), ("/lobby/", "/lobby"), (" /our/chat.v2/ ", "/our/chat.v2")],
)
def test_a_root_path_has_no_slash_at_its_end(
    value: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOT_PATH", value)
    assert root_path("ROOT_PATH") == path


@pytest.mark.parametrize(
    "value", ["lobby", "//lobby", "/a//b", "/a/../b", "/.", "/a b", "/%20", "/?", "/ä", "/a\nb"]
)
def test_anything_else_is_no_root_path(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOT_PATH", value)
    with pytest.raises(ValueError, match="ROOT_PATH"):
        root_path("ROOT_PATH")


def test_proxies_are_networks_addresses_or_unix_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "unix, 10.0.0.0/8, 127.0.0.1,::1")
    assert networks("TRUSTED_PROXIES") == ["unix", "10.0.0.0/8", "127.0.0.1/32", "::1/128"]


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("20/10s", (20, 10)),
        ("5/s", (5, 1)),
        (" 30/10min ", (30, 600)),
        ("600/h", (600, 3_600)),
        ("1G/d", (1_000_000_000, 86_400)),
        ("200M/30d", (200_000_000, 30 * 86_400)),
        ("3k/2h", (3_000, 7_200)),
        ("off", None),
        ("OFF", None),
    ],
)
def test_a_rate_is_an_amount_in_a_time(text: str, rate: tuple[int, int] | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "20", "0/10s", "20/0s", "20/10", "-1/s", "1.5/s", "20/10m", "1T/d", "1/31d", "٣/s"]
)
def test_anything_else_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_rate(text)


def test_each_rate_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDIT_RATE", "7/min")
    monkeypatch.setenv("NETWORK_EDIT_RATE", "off")
    table = rates(edit=("20/10s", "300/10s"), guest=(None, "600/h"))
    assert table == {"edit": ((7, 60), None), "guest": (None, (600, 3_600))}


def test_a_wrong_rate_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETWORK_EDIT_RATE", "many")
    with pytest.raises(SystemExit, match=r"NETWORK_EDIT_RATE='many' is not an amount in a time"):
        rates(edit=("20/10s", "300/10s"))


def test_a_bound_is_a_number_or_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATES", "on")
    assert bound("CONNECTIONS_MAX", 100) == 100
    monkeypatch.setenv("CONNECTIONS_MAX", "7")
    assert bound("CONNECTIONS_MAX", 100) == 7
    monkeypatch.setenv("CONNECTIONS_MAX", "off")
    assert bound("CONNECTIONS_MAX", 100) is None
    monkeypatch.setenv("CONNECTIONS_MAX", "0")
    with pytest.raises(SystemExit, match="is not a number from 1 up, or off"):
        bound("CONNECTIONS_MAX", 100)


def test_mail_goes_to_the_server_of_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "submission://lobby%40example.com:a%2Fb@smtp.example.com")
    config = mail("EMAIL_URL")
    assert (config["EMAIL_HOST"], config["EMAIL_PORT"]) == ("smtp.example.com", 587)
    assert config["EMAIL_HOST_USER"] == "lobby@example.com"
    assert config["EMAIL_HOST_PASSWORD"] == "a/b"
    assert (config["EMAIL_USE_TLS"], config["EMAIL_USE_SSL"]) == (True, False)
    assert config["EMAIL_TIMEOUT"] == 10


def test_a_mail_url_names_port_encryption_and_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    sender = "_default_from_email=Lobby%20%3Clobby@example.com%3E"
    monkeypatch.setenv("EMAIL_URL", f"smtp://smtp.example.com:465/?ssl=on&timeout=3&{sender}")
    config = mail("EMAIL_URL")
    assert (config["EMAIL_PORT"], config["EMAIL_USE_SSL"]) == (465, True)
    assert config["DEFAULT_FROM_EMAIL"] == "Lobby <lobby@example.com>"
    assert config["EMAIL_TIMEOUT"] == 3


@pytest.mark.parametrize(
    "value",
    ["smtp.example.com", "http://a", "smtp://", "submission:", "smtp://a:x", "smtp://a/?timeout=x"],
)
def test_anything_else_is_no_mail_url(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", value)
    with pytest.raises(ValueError, match=r".*"):
        mail("EMAIL_URL")


def test_who_may_sign_up_is_one_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    parse, allowed = one_of("open", "invite", "off"), "open, invite or off"
    assert read(parse, "SIGNUP", "open", allowed) == "open"
    monkeypatch.setenv("SIGNUP", "invite")
    assert read(parse, "SIGNUP", "open", allowed) == "invite"
    monkeypatch.setenv("SIGNUP", "closed")
    with pytest.raises(SystemExit, match="SIGNUP='closed' is not open, invite or off"):
        read(parse, "SIGNUP", "open", allowed)


@pytest.mark.parametrize("value", ["id.example.com", "ftp://a", "https://", "https://a?b"])
def test_a_provider_has_an_address(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_URL", value)
    with pytest.raises(ValueError, match="OIDC_URL"):
        origin("OIDC_URL")


def test_files_go_to_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", "/srv/files")
    assert files("FILES_URL") == {"location": Path("/srv/files")}


@pytest.mark.parametrize(
    ("url", "prefix", "endpoint", "region"),
    [
        ("s3://lobby", "", None, None),
        ("s3://lobby/", "", None, None),
        ("s3://lobby/a/b-c/", "a/b-c", None, None),
        ("s3://lobby?region=eu-central-1", "", None, "eu-central-1"),
        ("s3://lobby/a?endpoint=http://[::1]:9000&region=x", "a", "http://[::1]:9000", "x"),
    ],
)
def test_files_go_to_a_bucket(
    url: str, prefix: str, endpoint: str | None, region: str | None
) -> None:
    assert bucket(url) == {
        "bucket_name": "lobby",
        "location": prefix,
        "endpoint_url": endpoint,
        "region_name": region,
    }


NO_PLACES = """
    files ./files file:///srv http://lobby s3:lobby s3:// s3:///a s3://a s3://Lobby
    s3://key:secret@lobby
    s3://lobby/../a s3://lobby/a//b s3://lobby#a s3://lobby?region s3://lobby?bucket=a
    s3://lobby?endpoint=host:9000 s3://lobby?endpoint=http://host:port
    s3://lobby?endpoint=http://key:secret@host
""".split()


@pytest.mark.parametrize("value", NO_PLACES)
def test_files_go_nowhere_else(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", value)
    with pytest.raises(SystemExit, match="is not a folder or a bucket") as refusal:
        read(files, "FILES_URL", {"location": Path()}, "a folder or a bucket")
    assert "secret" not in str(refusal.value)


def test_a_number_has_a_least_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_MAX_BYTES", "0")
    assert read(at_least(0), "FILES_MAX_BYTES", 5, "a number from 0 up") == 0
    for value in ("-1", "25M", "1.5"):
        monkeypatch.setenv("FILES_MAX_BYTES", value)
        with pytest.raises(SystemExit, match="is not a number from 0 up"):
            read(at_least(0), "FILES_MAX_BYTES", 5, "a number from 0 up")
