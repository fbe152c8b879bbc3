"""What services post to an incoming webhook, as a text for people.

The samples are written by the public descriptions of the services.
"""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from chat.formatting import mention_candidates, render
from chat.programs.payloads import Said, Unreadable, read
from chat.programs.payloads.values import link, plain
from chat.protocol import TEXT_MAX_CHARACTERS

JSON = "application/json; charset=utf-8"


def read_json(payload: Any, **headers: str) -> Said:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read(json.dumps(payload).encode(), JSON, named)


def text_of(payload: Any, **headers: str) -> str:
    return read_json(payload, **headers).text


# --- Slack's shape ------------------------------------------------------------------------------


def test_a_text_is_read_as_slack_writes_it() -> None:
    said = read_json(
        {"text": "*Down*: <https://e.com/1|the kettle> &amp; <!here>", "username": "CI"}
    )
    assert said == Said("**Down**: [the kettle](https://e.com/1) & @room", "CI")


@pytest.mark.parametrize("key", ["text", "message", "content"])
def test_a_text_may_be_called_as_other_chats_call_it(key: str) -> None:
    assert text_of({key: "tea"}) == "tea"


def test_attachments_are_shown_with_title_and_fields() -> None:
    attachment = {
        "fallback": "not shown",
        "pretext": "Build",
        "title": "main #3",
        "title_link": "https://ci.example/3",
        "text": "_slow_",
        "fields": [{"title": "Took", "value": "3 min"}, {"title": "", "value": "and more"}],
        "footer": "CI",
    }
    assert text_of({"text": "Hello", "attachments": [attachment, {"fallback": "Tea"}]}) == (
        "Hello\n\n"
        "Build\n**[main #3](https://ci.example/3)**\n*slow*\n**Took**: 3 min\nand more\nCI\n\n"
        "Tea"
    )


def test_blocks_are_shown_in_place_of_the_text() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Deploy *1*"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*done*"}, "fields": [{}]},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "by <https://e.com|Ada>"}]},
        {"type": "actions", "elements": []},
    ]
    shown = text_of({"text": "for notices", "blocks": blocks})
    assert shown.splitlines()[1:] == ["**done**", "by [Ada](https://e.com)"]
    assert "Deploy" in shown.splitlines()[0]


def test_a_form_has_the_fields_or_one_with_json() -> None:
    form = "application/x-www-form-urlencoded"
    payload = urlencode({"payload": json.dumps({"text": "tea", "username": "CI"})})
    assert read(payload.encode(), form, {}) == Said("tea", "CI")
    assert read(urlencode({"text": "tea & milk"}).encode(), form, {}) == Said("tea & milk")


def test_plain_text_is_the_text() -> None:
    assert read("tee ☕".encode(), "text/plain", {}) == Said("tee ☕")


# --- Services -----------------------------------------------------------------------------------


def alert(name: str, status: str = "firing", **fields: Any) -> dict[str, Any]:
    return {"status": status, "labels": {"alertname": name, "job": "tea"}, **fields}


def test_alertmanager_says_what_fires_and_what_is_over() -> None:
    payload = {
        "version": "4",
        "status": "firing",
        "truncatedAlerts": 2,
        "commonLabels": {"alertname": "Kettle"},
        "externalURL": "https://alerts.example",
        "alerts": [
            alert("Kettle", annotations={"summary": "Too hot"}, generatorURL="https://p.example/g"),
            alert("Kettle", "resolved"),
        ],
    }
    assert text_of(payload) == (
        "🔥 **[Kettle](https://alerts.example)**\n"
        "- 🔥 [Too hot](https://p.example/g) (job=tea)\n"
        "- ✅ Kettle\n"
        "- … 2"
    )


def test_many_alerts_are_counted() -> None:
    payload = {"status": "resolved", "alerts": [alert(f"a{it}", "resolved") for it in range(50)]}
    lines = text_of(payload).splitlines()
    assert len(lines) == 22
    assert lines[0].startswith("✅ ")
    assert lines[-1] == "- … 30"


def test_grafana_has_a_title() -> None:
    payload = {
        "title": "[FIRING:1] Kettle",
        "message": "long",
        "status": "firing",
        "externalURL": "https://g.example/",
        "alerts": [alert("Kettle", annotations={"description": "95 °C"})],
    }
    shown = text_of(payload)
    assert "FIRING:1" in shown
    assert "95 °C" in shown


REPOSITORY = {"full_name": "tea/kettle", "html_url": "https://code.example/tea/kettle"}
HEAD = "**[tea/kettle](https://code.example/tea/kettle)** ada"


@pytest.mark.parametrize(
    ("event", "payload", "shown"),
    [
        (
            "push",
            {
                "ref": "refs/heads/main",
                "compare": "https://code.example/c",
                "commits": [
                    {
                        "message": "Mend it\n\nAt last.",
                        "url": "https://code.example/1",
                        "author": {"name": "Ada"},
                    }
                ],
            },
            (
                f"{HEAD} pushed 1 to [main](https://code.example/c)\n"
                "- [Mend it](https://code.example/1) (Ada)"
            ),
        ),
        (
            "pull_request",
            {
                "action": "closed",
                "pull_request": {
                    "number": 3,
                    "title": "Mend it",
                    "html_url": "https://code.example/3",
                    "merged": True,
                },
            },
            f"{HEAD} merged pull request [#3 Mend it](https://code.example/3)",
        ),
        (
            "issue_comment",
            {
                "action": "created",
                "issue": {"number": 4, "title": "Hot", "html_url": "https://code.example/4"},
                "comment": {"body": "Why\nso hot?"},
            },
            f"{HEAD} created issue [#4 Hot](https://code.example/4)\n> Why so hot?",
        ),
        (
            "workflow_run",
            {
                "action": "completed",
                "workflow_run": {
                    "name": "CI",
                    "conclusion": "failure",
                    "html_url": "https://code.example/r",
                },
            },
            f"{HEAD} completed workflow [CI](https://code.example/r) failure",
        ),
        ("ping", {"zen": "Keep it simple."}, f"{HEAD} ping"),
        ("star", {"action": "created"}, f"{HEAD} star created"),
    ],
)
def test_events_of_code_hosts(event: str, payload: dict[str, Any], shown: str) -> None:
    whole = {"repository": REPOSITORY, "sender": {"login": "ada"}, **payload}
    assert text_of(whole, x_github_event=event) == shown
    assert text_of(whole, x_gitea_event=event) == shown


def test_gitlab_tells_of_a_pipeline_and_a_push() -> None:
    project = {"path_with_namespace": "tea/kettle", "web_url": "https://lab.example/k"}
    pipeline = {
        "object_kind": "pipeline",
        "object_attributes": {"ref": "main", "status": "failed", "url": "https://lab.example/p"},
        "user": {"name": "Ada"},
        "project": project,
    }
    assert text_of(pipeline, x_gitlab_event="Pipeline Hook") == (
        "**[tea/kettle](https://lab.example/k)** Ada pipeline [main](https://lab.example/p) failed"
    )
    push = {"object_kind": "push", "ref": "refs/heads/main", "user_name": "Ada", "commits": []}
    assert text_of(push, x_gitlab_event="Push Hook") == "Ada pushed 0 to main"


def test_sentry_in_both_shapes() -> None:
    old = {
        "project_name": "Kettle",
        "message": "ZeroDivisionError",
        "culprit": "tea.pour",
        "url": "https://s.example/1",
    }
    assert text_of(old) == "🔥 **[ZeroDivisionError](https://s.example/1)** (Kettle)\ntea.pour"
    issue = {"title": "KeyError", "permalink": "https://s.example/2", "culprit": "tea.cup"}
    new = {"action": "created", "data": {"issue": issue}}
    assert text_of(new) == "🔥 **[KeyError](https://s.example/2)** (created)\ntea.cup"


def test_uptime_kuma_says_what_is_down() -> None:
    monitor = {"name": "Kettle", "url": "https://k.example"}
    payload = {"heartbeat": {"status": 0, "msg": "timeout"}, "monitor": monitor, "msg": "[Kettle]"}
    assert text_of(payload) == "🔥 **[Kettle](https://k.example)** timeout"
    assert text_of({"heartbeat": None, "monitor": None, "msg": "A test", "text": "A test"})


# --- Texts of others ----------------------------------------------------------------------------

FOREIGN = [
    "@room",
    "ask @Ada now",
    "[a](javascript:alert(1))",
    "](https://evil.example) x",
    "**b** _i_ `c` ||s||",
    "<script>alert(1)</script>",
    "snake_case * 2",
    "C:\\me\\_old",
    "`",
    "“”\u202e",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_a_text_of_somebody_else_is_shown_as_it_is_and_mentions_nobody(text: str) -> None:
    for shown in (plain(text), link(text, "https://e.example/")):
        markup = render(f"said: {shown}", {"ada": []})
        assert not markup.everybody
        assert 'href="javascript' not in markup.html
        assert "evil.example" not in markup.html.partition(">")[0]
        assert "<script" not in markup.html
        assert "<strong>" not in markup.html


@pytest.mark.parametrize("text", FOREIGN)
def test_no_service_lets_a_stranger_mention_everybody(text: str) -> None:
    texts = [
        text_of({"status": "firing", "alerts": [alert(text, annotations={"summary": text})]}),
        text_of(
            {
                "repository": {"full_name": text},
                "sender": {"login": text},
                "action": text,
                "issue": {"title": text, "html_url": text},
                "comment": {"body": text},
            },
            x_github_event="issues",
        ),
        text_of({"ref": text, "object_kind": "push", "user_name": text}, x_gitlab_event="Push"),
        text_of({"project_name": text, "culprit": text, "message": text, "url": text}),
        text_of({"monitor": {"name": text, "url": text}, "msg": text}),
    ]
    assert not any(render(it, {}).everybody for it in texts)


# --- Bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b"[]", JSON),
        (b'"tea"', JSON),
        (b"{}", JSON),
        (b'{"text": ""}', JSON),
        (b'{"text": {"a": 1}, "attachments": 3, "blocks": ["x", null]}', JSON),
        (b'{"text": "\\ud800"}', JSON),
        (b"[" * 100_000, JSON),
        (b'{"a":' * 100_000, JSON),
        (b"\0 \n", "text/plain"),
        (b"a=1&" * 1_000, "application/x-www-form-urlencoded"),
        (b"payload=%5B%5D", "application/x-www-form-urlencoded"),
    ],
    ids=lambda it: repr(it)[:40],
)
def test_what_has_no_text_is_refused_with_a_word(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable, match=r"\w"):
        read(body, kind, {})


def test_of_many_parts_some_are_shown() -> None:
    many = [{"title": f"t{it}", "fields": [{"title": "f"}] * 500} for it in range(500)]
    assert len(text_of({"text": "tea", "attachments": many}).split("\n\n")) == 1 + 20


def test_a_long_text_is_cut() -> None:
    said = read_json({"text": "a" * 1_000_000, "username": "b" * 1_000})
    assert len(said.text) == TEXT_MAX_CHARACTERS
    assert said.text.endswith("…")
    assert len(said.name) == 40


@pytest.mark.parametrize("text", ["a@b", "[a](http://x.example) *b* `c` @e " * 13], ids=len)
def test_what_no_message_has_room_for_takes_no_work(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part may have parts, all of which could be shown: 20 times 20 times 20."""
    looked_at: list[str] = []

    def noted(look: Any) -> Any:
        def noting(text: str, *more: Any) -> Any:
            looked_at.append(text)
            return look(text, *more)

        return noting

    for name, look in (("render", render), ("mention_candidates", mention_candidates)):
        monkeypatch.setattr(f"chat.programs.payloads.values.{name}", noted(look))
    fields = [{"type": "plain_text", "text": text, "title": text, "value": text}] * 20
    blocks = [{"type": "section", "fields": fields}, {"type": "context", "elements": fields}] * 10
    part = {"title": text, "title_link": "http://x.example", "fields": fields, "blocks": blocks}
    for payload in ({"blocks": blocks, "attachments": [part] * 20}, {"attachments": [part] * 20}):
        looked_at.clear()
        text_of(payload)
        assert sum(map(len, looked_at)) < 5 * TEXT_MAX_CHARACTERS


COUNTS = ["9" * 5_000, "9" * 4_300, "²", "٣", 10**4_000, -1, 1e999]


@pytest.mark.parametrize("count", COUNTS, ids=lambda it: repr(it)[:9])
def test_any_count_of_alerts_is_read(count: Any) -> None:
    assert "Tea" in text_of(
        {
            "status": "firing",
            "alerts": [{"labels": {"alertname": "Tea"}}] * 25,
            "truncatedAlerts": count,
        }
    )


def test_what_is_no_text_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    odd = "a\0b\ud800c"
    assert read_json({"text": odd, "username": odd}) == Said("abc", "abc")
    part = {"title": odd, "title_link": f"http://e.com/{odd}", "footer": odd}
    assert text_of({"attachments": [part]}) == "**[abc](http://e.com/abc)**\nabc"
    alert = {"labels": {"a": [odd], odd: "b"}}
    assert "abc=b" in text_of({"status": "firing", "alerts": [alert]})
    assert not caplog.records


ODD: list[Any] = [None, 3, True, [], [[]], {}, "x", {"text": []}, [{"text": {}}, 3], "\ud800"]
KEYS = (
    "text blocks attachments alerts status monitor heartbeat msg data action sender commits".split()
)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_any_value_in_any_place_is_read_or_refused(key: str, value: Any) -> None:
    whole = {"status": "firing", "alerts": [], "action": "x", "data": {}, key: value}
    for headers in ({}, {"x_github_event": "push"}, {"x_gitlab_event": "x"}):
        for payload in ({key: value}, whole):
            try:
                read_json(payload, **headers)
            except Unreadable:
                pass
