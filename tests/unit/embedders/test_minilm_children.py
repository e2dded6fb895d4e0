"""What becomes of a batch whose child does not live to finish it."""

from pathlib import Path

import pytest

from footnote.adapters.embedders.minilm import MiniLmEmbedder
from footnote.kit.children import ChildDied
from footnote.kit.errors import Unavailable


class DyingChildren:
    """Children that are killed at whatever they are asked to do."""

    async def run(self, function: str, /, *args: object) -> object:
        raise ChildDied("out_of_memory", details=f"{function} with {len(args)} arguments")


async def test_the_death_of_an_embedding_child_is_worth_another_try(tmp_path: Path):
    embedder = MiniLmEmbedder(tmp_path, DyingChildren())

    with pytest.raises(Unavailable) as raised:
        await embedder.embed_passages(["A text that no machine with memory to spare would die of."])

    assert raised.value.error_code == "embedder_failed"
