"""What OCR could not read is read once it can: after a retry, and when the same file is sent again."""

from io import BytesIO

import pypdfium2
from tests.conftest import MakeServer
from tests.factories import files
from tests.support.rows import query, scalar
from tests.support.server import Server
from tests.support.waiting import wait_for

MISSING = "tlh"
LETTER = ["Dear Mrs Halloran,", "the bearings will be delivered", "on the fourteenth of March.", "Yours sincerely"]


def scan(pages: int) -> bytes:
    return files.scanned_pdf([[*LETTER, f"Copy number {number}"] for number in range(1, pages + 1)])


def printed_and_scanned() -> bytes:
    whole = pypdfium2.PdfDocument(files.paged_pdf(1))
    whole.import_pages(pypdfium2.PdfDocument(scan(1)))
    target = BytesIO()
    whole.save(target)
    return target.getvalue()


def with_languages(server: Server, languages: str) -> None:
    server.settings = {**server.settings, "OCR_LANGUAGES": languages}
    server.restart()


def test_a_scan_names_what_ocr_lacks_at_every_try_and_a_retry_reads_it(profile: str, start_server: MakeServer) -> None:
    server = start_server(profile, ocr_languages=MISSING, job_max_attempts="2")
    document = server.client.settled(server.client.upload("letter.pdf", scan(4))["document"]["id"])
    assert (document["status"], document["job"]["attempt"]) == ("failed", 2)
    assert document["error"]["code"] == "ocr_language_missing"
    assert MISSING in document["error"]["message"]
    with_languages(server, "eng")
    server.client.post(f"/jobs/{document['job']['id']}/retry")
    again = server.client.settled(document["id"])
    assert (again["status"], again["warnings"]) == ("ready", [])
    text = server.client.get(f"/documents/{document['id']}/text")["text"]
    assert text.count("bearings will be delivered") == 4


def test_a_scan_whose_first_pages_were_kept_still_names_what_ocr_lacks(profile: str, start_server: MakeServer) -> None:
    """The first page is blank and needs no OCR: it is kept, and the second try begins behind it."""
    blank_first = pypdfium2.PdfDocument(files.blank_pdf())
    blank_first.import_pages(pypdfium2.PdfDocument(scan(2)))
    target = BytesIO()
    blank_first.save(target)
    server = start_server(profile, ocr_languages=MISSING, job_max_attempts="2")
    document = server.client.settled(server.client.upload("letter.pdf", target.getvalue())["document"]["id"])
    assert document["error"]["code"] == "ocr_language_missing"


def test_a_file_of_which_ocr_lacked_pages_is_read_anew_when_it_is_sent_again(
    profile: str, start_server: MakeServer
) -> None:
    server = start_server(profile, ocr_languages=MISSING)
    content = printed_and_scanned()
    first = server.client.add("report.pdf", content)
    assert any(MISSING in warning for warning in first["warnings"])
    before = server.client.get(f"/documents/{first['id']}/text")["text"]
    with_languages(server, "eng")
    sent = server.client.upload("copy of report.pdf", content)
    assert (sent["outcome"], sent["document"]["id"]) == ("new_version", first["id"])
    second = server.client.settled(first["id"])
    assert (second["status"], second["warnings"], second["version_count"]) == ("ready", [], 2)
    assert "bearings" in server.client.get(f"/documents/{first['id']}/text")["text"]
    old = server.client.get(f"/documents/{first['id']}/text", version=first["current_version_id"])
    assert old["text"] == before, "what citations lead to stays as it was"
    assert server.client.upload("report.pdf", content)["outcome"] == "unchanged"
    with_languages(server, "eng+osd")
    assert server.client.upload("report.pdf", content)["outcome"] == "new_version"
    server.client.settled(first["id"])


def test_a_kill_while_ocr_is_lacking_does_not_fix_what_was_missed(profile: str, start_server: MakeServer) -> None:
    """A scan and so many blank pages that the first of them are kept before the end is reached."""
    whole = pypdfium2.PdfDocument(scan(1))
    for _ in range(30):
        whole.import_pages(pypdfium2.PdfDocument(files.blank_pdf()))
    target = BytesIO()
    whole.save(target)
    server = start_server(profile, ocr_languages=MISSING)
    document_id = server.client.upload("letter.pdf", target.getvalue())["document"]["id"]
    wait_for(lambda: query(server, "SELECT number FROM parsed_pages WHERE lacks_ocr"), "pages to be kept")
    server.kill()
    server.settings = {**server.settings, "OCR_LANGUAGES": "eng"}
    server.start()
    document = server.client.settled(document_id)
    assert (document["status"], document["warnings"]) == ("ready", [])
    assert "bearings" in server.client.get(f"/documents/{document_id}/text")["text"]
    assert scalar(server, "SELECT count(*) FROM parsed_pages") == 0
