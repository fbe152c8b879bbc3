"""Numbers for Prometheus: docs/metrics.md has the table."""

from ops.metrics.endpoint import MetricsEndpoint
from ops.metrics.workers import workers

__all__ = ["MetricsEndpoint", "workers"]
