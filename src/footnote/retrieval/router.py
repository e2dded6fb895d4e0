"""Routes of search and of the index."""

from typing import Annotated

from fastapi import APIRouter, Depends

from footnote.kit.http import PrincipalDep, problem_responses, provided
from footnote.retrieval.schemas import IndexState, SearchQuery, SearchResults
from footnote.retrieval.service import SearchService

router = APIRouter(tags=["search"], responses=problem_responses(404))
Search = Annotated[SearchService, Depends(provided(SearchService))]


@router.post("/search", responses=problem_responses(404, 409))
async def search(principal: PrincipalDep, service: Search, query: SearchQuery) -> SearchResults:
    """Return the passages that fit the query best, each with the exact spot it stands at."""
    return await service.search(principal, query)


@router.get("/index")
async def get_index(principal: PrincipalDep, service: Search) -> IndexState:
    """Return how the organisation's search index stands."""
    return await service.state(principal)
