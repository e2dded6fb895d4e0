"""The built web app, served from the package: hashed files for ever, the page itself never cached."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_NOT_BUILT = """<!doctype html><html lang="en"><title>Footnote</title>
<p>The web app is not built. Run <code>make web</code>; the API under <code>/api/v1</code> works without it.</p>
</html>"""

_NO_PAGES = frozenset({"api", "assets"})


class _HashedFiles(StaticFiles):
    """Files whose names change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class _PageRoute(APIRoute):
    """Takes every address but the API's and the files': there an unknown one is nobody's, whatever the method."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        if match is not Match.NONE and found["path_params"]["path"].partition("/")[0] in _NO_PAGES:
            return Match.NONE, {}
        return match, found


def mount_web(app: FastAPI, folder: Path) -> None:
    """Serve the page for every address of the web app; unknown API addresses and files stay 404."""
    if (folder / "assets").is_dir():
        app.mount("/assets", _HashedFiles(directory=folder / "assets"), name="assets")

    # Listed once: what is served changes with a new build, and so with a new start.
    public = {file.name for file in folder.iterdir() if file.is_file()} if folder.is_dir() else set()

    async def page(request: Request, path: str) -> Response:
        # Compared by name with what is there, never joined from what was asked for.
        if path in public and path != "index.html":
            return FileResponse(folder / path, headers={"Cache-Control": "no-cache"})
        if "index.html" not in public:
            return HTMLResponse("" if request.method == "HEAD" else _NOT_BUILT, status_code=503)
        if "." in path.rsplit("/", 1)[-1]:
            raise HTTPException(404)
        return FileResponse(folder / "index.html", headers={"Cache-Control": "no-cache"})

    app.router.add_api_route(
        "/{path:path}", page, methods=["GET", "HEAD"], include_in_schema=False, route_class_override=_PageRoute
    )
