"""A clock that stands still until the test moves it."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Implements Clock; starts at noon of a winter day."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
        self._seconds = 1_000.0

    def now(self) -> datetime:
        return self._now

    def monotonic_seconds(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
        self._seconds += seconds
