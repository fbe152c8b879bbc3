"""Numbers for Prometheus: docs/metrics.md has the table."""

from ops.metrics.endpoint import MetricsEndpoint

__all__ = ["MetricsEndpoint"]
