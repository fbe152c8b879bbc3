from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mysite.environment import data_dir, refuse, stored_secret


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
