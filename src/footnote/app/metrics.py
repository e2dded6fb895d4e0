"""Prometheus metrics, in a registry of the application's own, so that two applications in one process do not mix."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """What is counted. Labels are routes and statuses, never ids of people or documents."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "footnote_http_requests_total", "HTTP requests.", ["method", "route", "status"], registry=self.registry
        )
        self.request_seconds = Histogram(
            "footnote_http_request_seconds",
            "Time to the end of the response.",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.jobs = Gauge("footnote_jobs", "Jobs by status.", ["status"], registry=self.registry)
        self.index_behind = Gauge(
            "footnote_index_behind_organisations", "Organisations whose index lags.", registry=self.registry
        )
        self.uptime = Gauge("footnote_uptime_seconds", "Time since the start.", registry=self.registry)

    def render(self) -> bytes:
        """Return the text exposition format."""
        return generate_latest(self.registry)
