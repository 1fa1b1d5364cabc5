"""The control API answers under `/_simulator` as it does under `/_sim`."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

LONG, SHORT = "/_simulator", "/_sim"


@dataclass(frozen=True, slots=True, repr=False)
class SameApi:
    """Lead the long name to the short one."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite the path before anything is routed by it."""
        if scope["type"] == "http":
            path: str = scope["path"]
            if path == LONG or path.startswith(f"{LONG}/"):
                short = SHORT + path.removeprefix(LONG)
                scope = {**scope, "path": short, "raw_path": short.encode()}
        await self.app(scope, receive, send)
