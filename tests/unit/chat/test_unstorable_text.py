"""What a model may send and no database can store never breaks an answer."""

from tests.unit.chat.conftest import Chat

from footnote.kit.ids import RunId


async def test_characters_that_cannot_be_stored_are_left_out_of_what_is_shown(chat: Chat) -> None:
    service = chat.service()
    chat.engine.sentences = ("A\x00 pump\ud83d.", "It \ude00works.")
    chat.engine.goes_on.set()
    started = await chat.ask(service)
    parts = await chat.whole(service, started.run.id)
    answer = await chat.message(started)
    assert (answer.status, answer.text) == ("complete", "A pump. It works.")
    assert "".join(part["delta"] for _, part in parts if part["type"] == "text-delta") == answer.text
    assert (await service.get(chat.ann, RunId(started.run.id))).status == "completed"
    await service.close()
