"""The one error a caller of the pool meets when a child did not finish its task."""

from typing import Literal

from footnote.kit.errors import InvalidInput

DeathReason = Literal["crashed", "out_of_memory", "time_limit"]

_MESSAGES: dict[DeathReason, str] = {
    "crashed": "The work was given up because the process doing it crashed.",
    "out_of_memory": "The work was given up because it needed more memory than it is allowed.",
    "time_limit": "The work was given up because it took longer than it is allowed.",
}


class ChildDied(InvalidInput):
    """The child running this one task died or was killed; the pool goes on with a fresh child.

    `reason` says how: a signal or exit, the memory limit, or the limit on wall clock or CPU time.
    `details` is the end of what the child wrote to stderr, for the log only.
    """

    code = "child_died"

    def __init__(self, reason: DeathReason, *, details: str = "") -> None:
        super().__init__(_MESSAGES[reason], code=reason)
        self.reason: DeathReason = reason
        self.details = details
