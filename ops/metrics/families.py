"""What a process tells of itself. docs/metrics.md explains each; a test holds both together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf

from prometheus_client import Metric, ProcessCollector

from chat import runtime
from chat.journal import database
from chat.journal.write.appender import DONE, OTHERWISE_DONE
from chat.protocol import SUBPROTOCOL
from chat.runtime import Runtime
from chat.transport.counters import Histogram, counters
from chat.webhooks.sending import OUTCOMES
from mysite.version import VERSION

PLAIN = "plain"
WORKER = "worker"  # the label that tells the processes on one port apart

Number = int | float
Numbers = Mapping[tuple[str, ...], Number]
Labels = dict[str, str]


@dataclass(frozen=True)
class Family:
    """Numbers of one name. `read` returns them by the values of `labels`."""

    name: str
    type: str
    help: str
    read: Callable[[Runtime], Numbers | Histogram]
    labels: tuple[str, ...] = field(default=())

    def metric(self, worker: str) -> Metric:
        """The numbers of this process as they are now."""
        metric = Metric(self.name, self.help, self.type)
        found = self.read(runtime.current())
        if isinstance(found, Histogram):
            add_histogram(metric, found, {WORKER: worker})
        else:
            add_numbers(metric, found, self.labels, {WORKER: worker})
        return metric


def add_numbers(metric: Metric, numbers: Numbers, labels: tuple[str, ...], more: Labels) -> None:
    name = f"{metric.name}_total" if metric.type == "counter" else metric.name
    for values, number in numbers.items():
        metric.add_sample(name, dict(zip(labels, values, strict=True)) | more, number)


def add_histogram(metric: Metric, histogram: Histogram, labels: Labels) -> None:
    total = 0
    for bound, count in zip([*histogram.bounds, inf], histogram.counts, strict=True):
        total += count
        metric.add_sample(
            f"{metric.name}_bucket", labels | {"le": f"{bound:g}" if bound < inf else "+Inf"}, total
        )
    metric.add_sample(f"{metric.name}_count", labels, total)
    metric.add_sample(f"{metric.name}_sum", labels, histogram.sum)


def _one(number: Number) -> Numbers:
    return {(): number}


def _by(numbers: Mapping[str, Number]) -> Numbers:
    return {(it,): number for it, number in numbers.items()}


def _queues(runtime: Runtime) -> Mapping[str, int]:
    return runtime.journal.waiting | database.waiting() | {"frames": runtime.turns.waiting}


FAMILIES = [
    Family(
        "lobby_connections",
        "gauge",
        "Sockets that are open in a room.",
        lambda _: _by({it: counters.sockets[it] for it in (SUBPROTOCOL, PLAIN)}),
        ("protocol",),
    ),
    Family(
        "lobby_connections_opened",
        "counter",
        "Sockets that were let into a room.",
        lambda _: _one(counters.sockets_opened),
    ),
    Family(
        "lobby_rooms_open",
        "gauge",
        "Rooms in which this process has a socket.",
        lambda runtime: _one(len(runtime.journal.feeds)),
    ),
    Family(
        "lobby_messages",
        "counter",
        "Changes of messages that were stored, by what was done.",
        lambda _: _by({it: counters.messages[it] for it in (*DONE.values(), OTHERWISE_DONE)}),
        ("change",),
    ),
    Family(
        "lobby_deliveries",
        "counter",
        "Times that news of a room were handed to a socket.",
        lambda _: _one(counters.deliveries),
    ),
    Family(
        "lobby_webhook_deliveries",
        "counter",
        "Tries to hand a delivery to the receiver of an outgoing webhook, by what came of it.",
        lambda _: _by({it: counters.webhook_deliveries[it] for it in OUTCOMES}),
        ("outcome",),
    ),
    Family(
        "lobby_commit_seconds",
        "histogram",
        "From the acceptance of a change to its commit.",
        lambda _: counters.commit_seconds,
    ),
    Family(
        "lobby_transaction_seconds",
        "histogram",
        "How long a commit takes, of all changes in it.",
        lambda _: counters.transaction_seconds,
    ),
    Family(
        "lobby_delivery_seconds",
        "histogram",
        "From when this process knows a change until a socket that keeps up has it.",
        lambda _: counters.delivery_seconds,
    ),
    Family(
        "lobby_nudge_seconds",
        "histogram",
        "From a commit in any process until this one hears of it over the channel layer.",
        lambda _: counters.nudge_seconds,
    ),
    Family(
        "lobby_queue_depth",
        "gauge",
        "What waits for its turn, by queue.",
        lambda runtime: _by(_queues(runtime)),
        ("queue",),
    ),
    Family(
        "lobby_reconcile_finds",
        "counter",
        "Rooms that reconciling found behind: a nudge was lost, or late.",
        lambda _: _one(counters.reconcile_finds),
    ),
    Family(
        "lobby_gaps_detected",
        "counter",
        "Changes that sockets were not sent, though they stand beyond them. Must stay 0.",
        lambda _: _one(counters.gaps_detected),
    ),
    Family(
        "lobby_refusals",
        "counter",
        "What was refused, by door and code.",
        lambda _: dict(counters.refusals.items()),
        ("door", "code"),
    ),
    Family(
        "lobby_requests",
        "counter",
        "Requests that were answered, by status.",
        lambda _: _by({str(it): number for it, number in counters.requests.items()}),
        ("status",),
    ),
    Family(
        "lobby_request_seconds",
        "histogram",
        "From a request to the first byte of its answer.",
        lambda _: counters.request_seconds,
    ),
    Family(
        "lobby_uploads",
        "counter",
        "Files that people sent and that are stored.",
        lambda _: _one(counters.uploads),
    ),
    Family(
        "lobby_upload_bytes",
        "counter",
        "The bytes of these files.",
        lambda _: _one(counters.upload_bytes),
    ),
    Family(
        "lobby_version_info",
        "gauge",
        "1, with the version of Lobby that the process runs.",
        lambda _: {(VERSION,): 1},
        ("version",),
    ),
    Family(
        "lobby_channel_layer_up",
        "gauge",
        "1 while the channel layer, so Redis, answers.",
        lambda runtime: _one(int(not runtime.layer.is_down)),
    ),
]

_process = ProcessCollector(registry=None)  # memory, CPU, open files


def collect(worker: str) -> Iterator[Metric]:
    """All numbers of this process, which is the `worker` of its port."""
    for family in FAMILIES:
        yield family.metric(worker)
    for metric in _process.collect():
        labelled = Metric(metric.name, metric.documentation, metric.type)
        for it in metric.samples:
            labelled.add_sample(it.name, it.labels | {WORKER: worker}, it.value)
        yield labelled
