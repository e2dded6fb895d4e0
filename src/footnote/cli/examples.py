"""What `make run` does beside serving: the sign-in link, and the example library on the first start."""

import threading
from pathlib import Path

from footnote.app import data_folder
from footnote.cli.client import ApiClient, ApiError, ServerUnreachable
from footnote.kit.settings import Settings


def sign_in_link(settings: Settings, url: str) -> str:
    """Return a fresh one-time link of the server that this very process runs."""
    with ApiClient(url, data_folder.owner_key(settings.data_dir)) as client:
        return str(client.post("/session/links")["url"])


def add_examples_in_background(settings: Settings, url: str, folder: Path) -> None:
    """Upload every file of the folder unless the library holds something already."""

    def upload() -> None:
        try:
            with ApiClient(url, data_folder.owner_key(settings.data_dir)) as client:
                if client.get("/documents", limit=1)["items"]:
                    return
                for file in sorted(path for path in folder.iterdir() if path.is_file()):
                    client.upload(file, None)
        except (ApiError, ServerUnreachable, OSError) as error:
            print(f"footnote: the examples could not be added: {error}")  # noqa: T201  # no console in this thread

    threading.Thread(target=upload, daemon=True, name="examples").start()
