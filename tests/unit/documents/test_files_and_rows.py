"""Files in the blob store and rows in the database stay of one mind, whatever breaks off between them."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from tests.unit.documents.conftest import Participant, Shelf

from footnote.adapters.blob_stores.folder import FolderBlobStore
from footnote.documents import repository
from footnote.documents.models import DeletionReceiptRow, VersionRow
from footnote.documents.ports import StagedBlob
from footnote.documents.service.present import present_document
from footnote.jobs.models import JobRow
from footnote.jobs.schemas import JobStatus
from footnote.kit.errors import Conflict, NotFound, StoreUnavailable
from footnote.kit.ids import CollectionId, DocumentId, OrganisationId


class _Dies(FolderBlobStore):
    """Its process ends right after a file was made durable: nothing further happens."""

    async def publish(self, organisation_id: OrganisationId, staged: StagedBlob) -> None:
        await super().publish(organisation_id, staged)
        raise KeyboardInterrupt

    async def delete(self, organisation_id: OrganisationId, sha256: str) -> int:
        raise KeyboardInterrupt


async def _receipts(shelf: Shelf) -> list[DeletionReceiptRow]:
    async with shelf.database.reading() as session:
        return list((await session.execute(select(DeletionReceiptRow))).scalars())


async def test_an_upload_that_is_refused_leaves_no_file(shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        await shelf.upload(b"text", collection_id=CollectionId("col_of_nobody"))
    assert shelf.files() == []


async def test_a_crash_between_file_and_row_leaves_no_file_after_the_next_start(shelf: Shelf) -> None:
    dying = replace(shelf, blobs=_Dies(shelf.folder))
    with pytest.raises(KeyboardInterrupt):
        await dying.upload(b"text")
    assert len(shelf.files()) == 1
    await shelf.restarted().deletion.erase_blobs(shelf.ann.organisation_id)
    assert shelf.files() == []


async def test_a_refused_upload_of_content_that_is_kept_already_leaves_that_file_alone(shelf: Shelf) -> None:
    await shelf.upload(b"text")
    with pytest.raises(NotFound):
        await shelf.upload(b"text", collection_id=CollectionId("col_of_nobody"))
    await shelf.restarted().deletion.erase_blobs(shelf.ann.organisation_id)
    (kept,) = shelf.files()
    assert kept.read_bytes() == b"text"


async def test_a_file_that_came_in_well_is_kept_by_the_next_start(shelf: Shelf) -> None:
    await shelf.upload(b"text")
    await shelf.restarted().deletion.erase_blobs(shelf.ann.organisation_id)
    assert len(shelf.files()) == 1


async def test_the_same_content_many_times_at_once_makes_one_document_and_one_file(shelf: Shelf) -> None:
    results = await asyncio.gather(*(shelf.upload(b"text", filename=f"{n}.txt") for n in range(6)))
    assert sorted(result.outcome for result in results) == ["created"] + ["unchanged"] * 5
    assert len({result.document.id for result in results}) == 1
    assert len(shelf.files()) == 1


async def test_failed_content_that_is_sent_again_by_many_at_once_is_retried_once_and_refused_to_none(
    shelf: Shelf,
) -> None:
    await shelf.upload(b"text")
    async with shelf.database.writing() as session:
        await session.execute(update(VersionRow).values(status="failed"))
        await session.execute(update(JobRow).values(status=JobStatus.FAILED))
    results = await asyncio.gather(*(shelf.upload(b"text") for _ in range(6)))
    assert [result.outcome for result in results] == ["unchanged"] * 6
    async with shelf.database.reading() as session:
        assert (await session.execute(select(JobRow.status))).scalars().all() == [JobStatus.QUEUED]


async def test_deleting_and_sending_the_same_content_at_once_never_loses_the_file(shelf: Shelf) -> None:
    for round_ in range(5):
        first = await shelf.upload(b"text", filename=f"{round_}.txt")
        _, again = await asyncio.gather(
            shelf.deletion.delete(shelf.ann, DocumentId(first.document.id)),
            shelf.upload(b"text", filename=f"{round_} again.txt"),
            return_exceptions=True,
        )
        kept = [file.read_bytes() for file in shelf.files()]
        if isinstance(again, BaseException):
            assert isinstance(again, Conflict)
            assert again.error_code == "upload_race"
        elif again.outcome == "created":
            assert kept == [b"text"]
            await shelf.deletion.delete(shelf.ann, DocumentId(again.document.id))
        assert shelf.files() == []


async def test_documents_with_the_same_content_that_are_deleted_at_once_take_their_file_with_them(
    shelf: Shelf,
) -> None:
    shelves = [replace(shelf, collection_id=CollectionId(each)) for each in await shelf.more_collections(4)]
    for _ in range(3):
        sent = [await each.upload(b"text") for each in shelves]
        await asyncio.gather(*(shelf.deletion.delete(shelf.ann, DocumentId(each.document.id)) for each in sent))
        assert shelf.files() == []


async def test_a_deletion_that_broke_off_after_its_transaction_has_its_receipt_all_the_same(shelf: Shelf) -> None:
    uploaded = await shelf.upload(b"text")
    broken = replace(shelf, participants=(Participant(StoreUnavailable("The index did not answer.")),))
    with pytest.raises(StoreUnavailable):
        await broken.deletion.delete(shelf.ann, DocumentId(uploaded.document.id))
    (receipt,) = await _receipts(shelf)
    assert (receipt.document_id, receipt.counts["versions"]) == (uploaded.document.id, 1)


async def test_a_receipt_counts_what_went_inside_and_outside_of_the_database(shelf: Shelf) -> None:
    uploaded = await shelf.upload(b"text")
    shown = await shelf.deletion.delete(shelf.ann, DocumentId(uploaded.document.id))
    (receipt,) = await _receipts(shelf)
    assert receipt.counts == shown.counts
    assert {"versions": 1, "jobs": 1, "blobs": 1, "blob_bytes": 4, "chunks": 3, "index_entries": 3}.items() <= (
        shown.counts.items()
    )
    assert receipt.deleted_at == shown.deleted_at


async def test_a_document_that_is_deleted_while_it_is_being_shown_is_not_found(shelf: Shelf) -> None:
    uploaded = await shelf.upload(b"text")
    async with shelf.database.reading() as session:
        row = await repository.document(session, shelf.ann, DocumentId(uploaded.document.id))
    await shelf.deletion.delete(shelf.ann, DocumentId(uploaded.document.id))
    async with shelf.database.reading() as session:
        with pytest.raises(NotFound):
            await present_document(session, shelf.jobs, shelf.ann, row)
