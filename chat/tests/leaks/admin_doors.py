"""The admin: its addresses are those of all models."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin

from chat.tests.leaks.asks import Ask, Asks, as_is, get, post
from chat.tests.leaks.targets import TEXT, TOPIC, Target


def admin_doors() -> dict[str, Asks]:
    doors: dict[str, Asks] = {
        "admin:index": as_is("/admin/"),
        "admin:login": as_is("/admin/login/"),
        "admin:logout": as_is("/admin/logout/"),
        "admin:password_change": as_is("/admin/password_change/"),
        "admin:password_change_done": as_is("/admin/password_change/done/"),
        "admin:jsi18n": as_is("/admin/jsi18n/"),
        "admin:app_list": as_is("/admin/chat/"),
        "admin:autocomplete": autocomplete,
        "admin:view_on_site": view_on_site,
        "admin:auth_user_password_change": lambda it: [
            get(f"/admin/accounts/user/{it.pk('user')}/password/")
        ],
        "admin:chat_room_private": lambda it: [get("/admin/chat/room/private/")],  # test_admin.py
    }
    for model in admin.site._registry:
        doors |= model_doors(model._meta.app_label, str(model._meta.model_name))
    return doors


def model_doors(app: str, model: str) -> dict[str, Asks]:
    base = f"/admin/{app}/{model}/"

    def of_row(door: str) -> Asks:
        return lambda it: [
            get(f"{base}{it.pk(model)}/{door}"),
            post(f"{base}{it.pk(model)}/{door}"),
        ]

    views: dict[str, Asks] = {
        "changelist": lambda it: changelist(base, model, it),
        "add": lambda it: [get(f"{base}add/", room=it.pk("room")), post(f"{base}add/")],
        **{view: of_row(f"{view}/") for view in ("history", "delete", "change")},
    }
    return {f"admin:{app}_{model}_{view}": asks for view, asks in views.items()}


def changelist(base: str, model: str, target: Target) -> Iterator[Ask]:
    yield get(base)
    for q in (target.name, TOPIC, TEXT, str(target.uid), target.address):
        yield get(base, q=q)
    for lookup, it in lookups(target):
        yield get(base, **{lookup: it})
    rows = {"_selected_action": target.pk(model), "answer": "yes", "select_across": "0"}
    for action in ("remove", "ban", "lift", "lift_bans", "remove_unsent", "delete_selected"):
        yield post(base, action=action, **rows)


def lookups(target: Target) -> Iterator[tuple[str, Any]]:
    """By rows that refer to what is listed, and by fields of other tables."""
    for relation in ("room", "message", "subscription", "membership", "author", "member"):
        yield relation, target.pk(relation)
        yield f"{relation}__id__exact", target.pk(relation)
        yield f"{relation}__isnull", "False"
        yield f"{relation}__room__name__startswith", target.name[:1]
    for relation in ("mention", "reaction", "added_memberships", "revocation", "membership__role"):
        yield relation, "1"
    yield "room__name", target.name
    yield "kind", "members"
    yield "key", target.address


def autocomplete(target: Target) -> Iterator[Ask]:
    fields = [("message", "room"), ("subscription", "room"), ("membership", "room")]
    fields += [("membership", "member"), ("revocation", "room"), ("mention", "message")]
    for model, name in fields:
        names = {"app_label": "chat", "model_name": model, "field_name": name}
        for term in ("", target.name, TEXT):
            yield get("/admin/autocomplete/", term=term, **names)


def view_on_site(target: Target) -> Iterator[Ask]:
    from django.contrib.contenttypes.models import ContentType

    for model in ("room", "message", "membership", "subscription"):
        kind = ContentType.objects.get(app_label="chat", model=model)
        yield get(f"/admin/r/{kind.pk}/{target.pk(model)}/")
