"""The dashboard, the alerts and the page about metrics name what there is."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser as promql
import pytest
import yaml

from chat.models import Room
from chat.tests.support.servers import ROOT
from ops.metrics import MetricsEndpoint, families, shared
from ops.metrics.families import FAMILIES
from ops.metrics.workers import FAMILIES as ALIKE
from ops.tests.asking import ask

DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "metrics.md").read_text()
ROW = re.compile(r"^\| `(lobby_\w+)` \| (.*?) \| (.*) \|$", re.MULTILINE)
OF_PROMETHEUS = {"up"}
LABELS_OF_PROMETHEUS = {"instance", "job"}
SUFFIX = {"counter": "_total", "gauge": "", "histogram": ""}
LOCAL = {"client": ("127.0.0.1", 5000), "headers": [(b"host", b"localhost")]}


def labels() -> dict[str, set[str]]:
    """The labels of each metric, by its name as it is documented."""
    own = {f"{it.name}{SUFFIX[it.type]}": {*it.labels, families.WORKER} for it in FAMILIES}
    alike: dict[str, set[str]] = {name: set() for name, _ in ALIKE}
    of_all = {name: {"kind"} if "jobs" in name else set() for name, _ in shared.FAMILIES}
    return own | alike | of_all


def samples() -> dict[str, set[str]]:
    """The labels of all that can be asked for."""
    found = labels()
    for family in FAMILIES:
        if family.type == "histogram":
            of_family = found.pop(family.name)
            found[f"{family.name}_bucket"] = of_family | {"le"}
            found[f"{family.name}_count"] = found[f"{family.name}_sum"] = of_family
    for metric in families._process.collect():
        for sample in metric.samples:
            found[sample.name] = {families.WORKER}
    return found


def alerts() -> list[Any]:
    [group] = yaml.safe_load((DEPLOY / "lobby-alerts.yml").read_text())["groups"]
    rules: list[Any] = group["rules"]
    return rules


def dashboard() -> Any:
    return json.loads((DEPLOY / "grafana-dashboard.json").read_text())


def expressions() -> Iterator[str]:
    for rule in alerts():
        yield rule["expr"]
    for panel in dashboard()["panels"]:
        for target in panel["targets"]:
            yield target["expr"].replace("$__rate_interval", "1m")


def selectors(expression: Any) -> Iterator[Any]:
    """The selectors in a parsed expression."""
    if isinstance(expression, promql.VectorSelector):
        yield expression
    for name in ("expr", "lhs", "rhs", "vector_selector", "selector"):
        if (part := getattr(expression, name, None)) is not None:
            yield from selectors(part)
    for part in getattr(expression, "args", None) or ():
        yield from selectors(part)


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_an_expression_asks_for_metrics_and_labels_that_there_are(expression: str) -> None:
    found = list(selectors(promql.parse(expression)))
    assert found
    for selector in found:
        known = samples() | {it: set() for it in OF_PROMETHEUS}
        asked = {it.name for it in selector.matchers.matchers}
        assert asked <= known[selector.name] | LABELS_OF_PROMETHEUS
    grouped = {
        it.strip() for by in re.findall(r" by \((.*?)\)", expression) for it in by.split(",")
    }
    assert grouped <= set.union(*(known[it.name] for it in found)) | LABELS_OF_PROMETHEUS


@pytest.mark.parametrize(
    "wrong", ["sum(rate(lobby_lost_total[5m]))", 'max(lobby_connections{room="tea"}) > 1']
)
def test_a_wrong_expression_is_noticed(wrong: str) -> None:
    with pytest.raises((KeyError, AssertionError)):
        test_an_expression_asks_for_metrics_and_labels_that_there_are(wrong)


def test_what_an_alert_says_names_labels_that_it_has() -> None:
    for rule in alerts():
        named = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        by = re.search(r" by \((.*?)\)", rule["expr"])
        kept = {it.strip() for it in by[1].split(",")} if by else LABELS_OF_PROMETHEUS
        assert named <= kept, rule["alert"]


def test_every_metric_is_on_the_dashboard() -> None:
    shown = " ".join(it["expr"] for panel in dashboard()["panels"] for it in panel["targets"])
    assert [it for it in labels() if it not in shown] == []


def test_the_page_has_every_metric_with_its_labels_and_no_other() -> None:
    rows = {name: set(re.findall(r"`(\w+)`", listed)) for name, listed, _ in ROW.findall(PAGE)}
    assert rows == labels()


def test_the_page_says_which_are_histograms() -> None:
    told = {name for name, _, what in ROW.findall(PAGE) if what.startswith("histogram")}
    assert told == {it.name for it in FAMILIES if it.type == "histogram"}


def test_the_page_has_every_alert() -> None:
    table = PAGE.partition("## What to alert on")[2]
    assert set(re.findall(r"`(Lobby\w+)`", table)) == {it["alert"] for it in alerts()}


def test_the_scrape_example_asks_where_lobby_listens_and_reads_the_alerts() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())
    [job] = config["scrape_configs"]
    assert job["job_name"] == "lobby"  # as the alerts have it
    assert job["metrics_path"] == "/metrics"
    assert all((DEPLOY / it).exists() for it in config["rule_files"])


@pytest.mark.parametrize(
    "accept", [b"", b"text/plain", b"application/openmetrics-text; version=1.0.0"]
)
async def test_what_is_scraped_has_the_metrics_of_the_page(accept: bytes, lobby: Room) -> None:
    headers = [*LOCAL["headers"], (b"accept", accept)]
    scope = {"type": "http", "path": "/metrics", "method": "GET", **LOCAL, "headers": headers}
    status, body = await ask(MetricsEndpoint(None), scope)
    assert status == 200
    typed = set(re.findall(r"^# TYPE (lobby_\w+)", body.decode(), re.MULTILINE))
    is_open = accept.startswith(b"application")
    assert typed == {it.removesuffix("_total") if is_open else it for it in labels()}
