"""Events of GitHub (and Gitea and Forgejo, which send the same) and GitLab.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from typing import Any

from chat.programs.payloads.values import items, lines, link, objects_at, plain, text_at

COMMITS_MAX = 10
SUBJECTS = ("pull_request", "issue", "release", "discussion", "workflow_run", "check_run")
WORDS = {"pull_request": "pull request", "workflow_run": "workflow", "check_run": "check"}


def github(event: str, payload: dict[str, Any]) -> str:
    """An event, by what its header calls it."""
    place = link(
        text_at(payload, "repository", "full_name") or text_at(payload, "organization", "login"),
        text_at(payload, "repository", "html_url"),
    )
    who = plain(text_at(payload, "sender", "login"))
    said = _push(payload) if event == "push" else _subject(event, payload)
    head = " ".join(filter(None, [f"**{place}**" if place else "", who, said]))
    return lines([head, _commits(payload) if event == "push" else _comment(payload)])


def _push(payload: dict[str, Any]) -> str:
    branch = text_at(payload, "ref").removeprefix("refs/heads/").removeprefix("refs/tags/")
    count = len(objects_at(payload, "commits"))
    return f"pushed {count} to {link(branch, text_at(payload, 'compare'))}"


def _commits(payload: dict[str, Any]) -> str:
    found = objects_at(payload, "commits")
    shown = map(_commit, found[:COMMITS_MAX])
    return items(shown, max(0, len(found) - COMMITS_MAX))


def _commit(it: dict[str, Any]) -> str:
    subject = text_at(it, "message").partition("\n")[0]
    return f"{link(subject, text_at(it, 'url'))} ({plain(text_at(it, 'author', 'name'))})"


def _subject(event: str, payload: dict[str, Any]) -> str:
    """What was done to what, such as: opened pull request #3 Mend the kettle."""
    kind = next((it for it in SUBJECTS if isinstance(payload.get(it), dict)), "")
    action = text_at(payload, "action").replace("_", " ")
    if not kind:
        return plain(" ".join(filter(None, [event.replace("_", " "), action])))
    it = payload[kind]
    number = text_at(it, "number")
    name = text_at(it, "title") or text_at(it, "name") or text_at(it, "tag_name")
    result = text_at(it, "conclusion")
    titled = link(" ".join(filter(None, [f"#{number}" if number else "", name])), _address(it))
    if kind == "pull_request" and it.get("merged") is True and action == "closed":
        action = "merged"
    return " ".join(filter(None, [plain(action), WORDS.get(kind, kind), titled, plain(result)]))


def _address(it: dict[str, Any]) -> str:
    return text_at(it, "html_url") or text_at(it, "url")


def _comment(payload: dict[str, Any]) -> str:
    said = text_at(payload, "comment", "body") or text_at(payload, "review", "body")
    return f"> {plain(said)}" if said else ""


def gitlab(payload: dict[str, Any]) -> str:
    """An event, by its `object_kind`."""
    place = link(
        text_at(payload, "project", "path_with_namespace"), text_at(payload, "project", "web_url")
    )
    who = plain(text_at(payload, "user", "name") or text_at(payload, "user_name"))
    kind = text_at(payload, "object_kind").replace("_", " ")
    head = " ".join(filter(None, [f"**{place}**" if place else "", who, _gitlab(kind, payload)]))
    return lines([head, _commits(payload) if kind == "push" else _note(payload)])


def _gitlab(kind: str, payload: dict[str, Any]) -> str:
    if kind == "push":
        return _push(payload)
    it = payload.get("object_attributes")
    name = text_at(it, "title") or text_at(it, "ref") or text_at(payload, "build_name")
    state = text_at(it, "action") or text_at(it, "status") or text_at(payload, "build_status")
    address = text_at(it, "url")
    return " ".join(filter(None, [plain(kind), link(name, address), plain(state)]))


def _note(payload: dict[str, Any]) -> str:
    said = text_at(payload, "object_attributes", "note")
    return f"> {plain(said)}" if said else ""
