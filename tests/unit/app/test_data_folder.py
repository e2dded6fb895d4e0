"""Who owns the data folder, and what it says about itself."""

import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from footnote.app import data_folder
from footnote.kit.errors import Conflict


def test_a_folder_has_one_owner_at_a_time(tmp_path: Path) -> None:
    with data_folder.owned(tmp_path):
        assert data_folder.is_owned(tmp_path)
        with pytest.raises(Conflict) as refused, data_folder.owned(tmp_path):
            pass
        assert refused.value.error_code == "data_folder_in_use"
    assert not data_folder.is_owned(tmp_path)
    with data_folder.owned(tmp_path):
        pass


def test_someone_who_only_looks_never_keeps_the_owner_out(tmp_path: Path) -> None:
    (tmp_path / "server.lock").touch()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            data_folder.is_owned(tmp_path)

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for thread in lookers:
        thread.start()
    try:
        for _ in range(20):
            with data_folder.owned(tmp_path):
                pass
    finally:
        done.set()
        for thread in lookers:
            thread.join()


def test_an_address_is_believed_only_while_its_server_lives(tmp_path: Path) -> None:
    with data_folder.owned(tmp_path):
        assert data_folder.published_address(tmp_path) is None
        data_folder.publish_address(tmp_path, "http://127.0.0.1:1")
        found = data_folder.published_address(tmp_path)
        assert found is not None
        assert found.url == "http://127.0.0.1:1"
    assert data_folder.published_address(tmp_path) is None
    data_folder.publish_address(tmp_path, "http://127.0.0.1:1")
    assert data_folder.published_address(tmp_path) is None, "a crash leaves the file but not the lock"


def test_a_crash_leaves_no_lock_behind(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from footnote.app import data_folder\n"
        "with data_folder.owned(Path(sys.argv[1])):\n    print('mine', flush=True); time.sleep(600)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"mine\n"
    assert data_folder.is_owned(tmp_path)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert not data_folder.is_owned(tmp_path)


def test_the_owner_key_is_made_once_for_its_user_only(tmp_path: Path) -> None:
    assert data_folder.read_owner_key(tmp_path) is None
    key = data_folder.owner_key(tmp_path)
    assert key.startswith("fnk_")
    assert data_folder.owner_key(tmp_path) == key == data_folder.read_owner_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "owner.key").stat().st_mode) == 0o600


def test_a_new_data_folder_is_closed_to_other_users(tmp_path: Path) -> None:
    with data_folder.owned(tmp_path / "new"):
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
