"""Search through REST: filters, limits, explanations, and the exact spot of every result."""

import pytest
from tests.api.test_errors import assert_problem
from tests.support.client import Client, Json


def test_a_result_names_the_exact_spot_in_text_and_on_the_page(client: Client, library: dict[str, Json]) -> None:
    pdf = library["pdf"]
    found = client.post("/search", {"query": "operating pressure", "filters": {"document_ids": [pdf["id"]]}})
    assert found["query"] == "operating pressure"
    assert set(found["timings_ms"]) >= {"total"}
    best = found["results"][0]
    assert (best["document_id"], best["version_id"], best["filename"]) == (
        pdf["id"],
        pdf["current_version_id"],
        "kestrel.pdf",
    )
    text = client.get(f"/documents/{pdf['id']}/text")["text"]
    for hit in found["results"]:
        start, end = hit["span"]
        assert text[start:end] == hit["text"]
        assert sorted({box["page"] for box in hit["boxes"]}) == hit["pages"]
        for number in hit["pages"]:
            page = client.get(f"/documents/{pdf['id']}/pages/{number}")
            boxes = [box for box in hit["boxes"] if box["page"] == number]
            words = [word for word in page["words"] if start <= word["span"][0] < end]
            for word in words:
                box = word["box"]
                assert any(
                    b["x0"] - 1 <= box["x0"]
                    and box["x1"] <= b["x1"] + 1
                    and b["y0"] - 1 <= box["y0"]
                    and box["y1"] <= b["y1"] + 1
                    for b in boxes
                ), "every word of a result lies in one of its boxes"
    scores = [hit["score"] for hit in found["results"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_formats_without_pages_give_spans_without_boxes(client: Client, library: dict[str, Json]) -> None:
    markdown = library["markdown"]
    found = client.post("/search", {"query": "barrier closes", "filters": {"document_ids": [markdown["id"]]}})[
        "results"
    ]
    assert found
    assert all(hit["boxes"] == [] and hit["pages"] == [] for hit in found)
    assert found[0]["heading_path"] == ["Parking at the depot", "Barrier"]


def test_a_later_row_of_a_wide_table_is_found_by_the_words_of_its_header(client: Client, collection: Json) -> None:
    names = " | ".join(["Depot", "Turnover of the quarter", *(f"Reading {n} in the northern hall" for n in range(12))])
    rows = [f"| Place{n} | {n}000 | {' | '.join(f'{n}.{k}' for k in range(12))} |" for n in range(60)]
    table = f"| {names} |\n|{'---|' * 14}\n" + "\n".join(rows)
    document = client.add("depots.md", f"# Depots\n\n{table}\n".encode(), collection_id=collection["id"])
    found = client.post(
        "/search",
        {"query": "quarter Place57", "mode": "keyword", "filters": {"document_ids": [document["id"]]}},
    )["results"]
    assert "Place57" in found[0]["text"]
    assert "quarter" not in found[0]["text"], "the header is found by and not shown"
    alone = client.post(
        "/search", {"query": "quarter", "mode": "keyword", "top_k": 200, "filters": {"document_ids": [document["id"]]}}
    )["results"]
    assert any("Place57" in hit["text"] for hit in alone)
    text = client.get(f"/documents/{document['id']}/text")["text"]
    assert all(text[slice(*hit["span"])] == hit["text"] for hit in alone)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "keyword"])
def test_filters_hold_in_every_leg(client: Client, library: dict[str, Json], mode: str) -> None:
    query = "leave pressure barrier"
    for kind, document in library.items():
        by_id = client.post(
            "/search", {"query": query, "mode": mode, "top_k": 200, "filters": {"document_ids": [document["id"]]}}
        )
        assert {hit["document_id"] for hit in by_id["results"]} == {document["id"]}
        by_type = client.post(
            "/search",
            {"query": query, "mode": mode, "top_k": 200, "collection_id": document["collection_id"],
             "filters": {"media_type": document["media_type"]}},
        )  # fmt: skip
        assert {hit["document_id"] for hit in by_type["results"]} == {document["id"]}, kind
    none = client.post("/search", {"query": query, "mode": mode, "filters": {"document_ids": []}})
    assert none["results"] == [], "an empty list allows nothing"
    foreign = client.post(
        "/search", {"query": query, "mode": mode, "filters": {"language": "fi", "document_ids": [library["pdf"]["id"]]}}
    )
    assert foreign["results"] == []


def test_a_collection_bounds_the_search_and_must_exist(
    client: Client, library: dict[str, Json], collection: Json
) -> None:
    inside = client.post("/search", {"query": "pump", "collection_id": library["pdf"]["collection_id"], "top_k": 200})
    assert {hit["document_id"] for hit in inside["results"]} <= {document["id"] for document in library.values()}
    assert client.post("/search", {"query": "pump", "collection_id": collection["id"]})["results"] == []
    assert_problem(
        client.call("POST", "/search", json={"query": "x", "collection_id": "col_x"}), 404, "collection_not_found"
    )


@pytest.mark.parametrize("top_k", [1, 2, 200])
def test_top_k_bounds_the_results_and_a_shorter_list_is_the_beginning_of_a_longer(
    client: Client, library: dict[str, Json], top_k: int
) -> None:
    body: Json = {"query": "pump pressure flow", "collection_id": library["pdf"]["collection_id"]}
    whole = [hit["chunk_id"] for hit in client.post("/search", body | {"top_k": 200})["results"]]
    found = [hit["chunk_id"] for hit in client.post("/search", body | {"top_k": top_k})["results"]]
    assert found == whole[:top_k]
    assert len(set(whole)) == len(whole)


def test_explain_says_why_and_is_absent_unless_asked_for(client: Client, library: dict[str, Json]) -> None:
    body = {"query": "operating pressure", "filters": {"document_ids": [library["pdf"]["id"]]}}
    plain = client.post("/search", body)
    assert plain["explain"] is None
    assert all(hit["explain"] is None for hit in plain["results"])
    told = client.post("/search", body | {"explain": True})
    assert told["explain"]["terms"]
    best = told["results"][0]["explain"]
    assert best["reason"]
    for leg in ("dense", "keyword"):
        assert best[leg]["rank"] == 1
        assert 0 <= best[leg]["normalised"] <= 1
    assert [hit["chunk_id"] for hit in told["results"]] == [hit["chunk_id"] for hit in plain["results"]]


def test_a_quoted_phrase_must_stand_in_the_result(client: Client, library: dict[str, Json]) -> None:
    collection_id = library["pdf"]["collection_id"]
    found = client.post("/search", {"query": '"paid leave"', "collection_id": collection_id})["results"]
    assert {hit["document_id"] for hit in found} == {library["docx"]["id"]}


@pytest.mark.parametrize("query", ["?", "***", "the", '"', "a" * 4_000, "💧", "DROP TABLE chunks;--", "NEAR(a b) OR *"])
def test_any_words_are_a_query(client: Client, library: dict[str, Json], query: str) -> None:
    assert isinstance(client.post("/search", {"query": query})["results"], list)


def test_a_search_in_an_empty_collection_and_an_answer_from_it_say_that_nothing_was_found(
    client: Client, collection: Json
) -> None:
    assert client.post("/search", {"query": "anything", "collection_id": collection["id"]})["results"] == []
    answer = client.ask("What is the meaning of the blue door?", collection_id=collection["id"])
    assert answer["abstained"]
    assert answer["sentences"] == []
    assert answer["abstention_reason"]
