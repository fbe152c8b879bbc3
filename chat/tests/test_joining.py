"""Static files as they are served: each entry point with its imports inlined."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import Client

from mysite.assets.joining import in_order, join
from mysite.assets.short_names import with_short_privates, with_short_scopes
from mysite.assets.storage import ModuleStaticFilesStorage

CHAT = Path(settings.BASE_DIR) / "chat" / "static"
PAGES = ("/", "/chat/lobby/", "/chat/a/b/")
A = "export const a = 1;\n"
IMPORTED = re.compile(r'^(?:import|export|@import)\b[^;"]*"(\.[\w./-]+)";', re.MULTILINE)


def imports() -> dict[str, list[str]]:
    """The imports of each file, by its path."""
    return {
        path.relative_to(CHAT).as_posix(): [
            (path.parent / name).resolve().relative_to(CHAT).as_posix()
            for name in IMPORTED.findall(path.read_text())
        ]
        for suffix in ("css", "js")
        for path in CHAT.rglob(f"*.{suffix}")
    }


def served() -> dict[str, str]:
    """The names of the collected files, by their paths in the sources."""
    storage = storages["staticfiles"]
    assert isinstance(storage, ModuleStaticFilesStorage)
    names: dict[str, str] = storage.hashed_files
    return names


def collected(name: str) -> str:
    return Path(settings.STATIC_ROOT, served()[name]).read_text()


def linked(page: str) -> Iterator[str]:
    """The static files that a page requests, by their paths in the sources."""
    names = {f"/static/{stored}": name for name, stored in served().items()}
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        yield names[address]


def test_a_stylesheet_contains_its_imports_in_order() -> None:
    parts = imports()["chat/css/pages/room.css"]
    assert "chat/css/base/tokens.css" in parts
    written = [(CHAT / part).read_text() for part in parts]
    assert collected("chat/css/pages/room.css").startswith("".join(written))
    assert "@import" not in collected("chat/css/pages/room.css")


def test_the_room_script_contains_each_imported_module_once() -> None:
    known = imports()
    needed = in_order("chat/js/room.js", known)
    script = collected("chat/js/room.js")
    joined = join({name: (CHAT / name).read_text() for name in needed})["chat/js/room.js"]
    assert re.findall(r"^// (chat/js/[\w/]+\.js)$", joined, re.MULTILINE) == needed[:-1]
    scopes = re.findall(r"\bconst \$(\d+)=\(\(\)=>", script)
    assert scopes == [str(number) for number in range(len(needed) - 1)]
    assert len(needed) > 10
    assert IMPORTED.search(script) is None


def test_only_files_that_nothing_imports_are_collected() -> None:
    known = imports()
    parts = {part for names in known.values() for part in names}
    assert set(known) - parts == set(known) & set(served())


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_the_files_of_a_page_exist_and_share_no_module(client: Client, address: str) -> None:
    client.raise_request_exception = False
    known = imports()
    files = list(linked(client.get(address).content.decode()))
    assert any(name.startswith("chat/css/pages/") for name in files)
    assert all(Path(settings.STATIC_ROOT, served()[name]).exists() for name in files)
    inside = [it for name in files if name in known for it in in_order(name, known)]
    assert sorted(inside) == sorted(set(inside))


def test_a_module_has_its_own_scope_and_runs_after_its_imports() -> None:
    joined = join(
        {
            "page.js": 'import { tea as drink } from "./tea.js";\ndrink();\n',
            "tea.js": 'import "./pot.js";\nexport const tea = () => HEAT;\nconst HEAT = 90;\n',
            "pot.js": "export class Pot {}\nexport async function pour() {}\n",
        }
    )
    assert list(joined) == ["page.js"]
    assert joined["page.js"] == (
        "// pot.js\nconst $pot = (() => {\nclass Pot {}\nasync function pour() {}\n"
        "return { Pot, pour };\n})();\n\n"
        "// tea.js\nconst $tea = (() => {\n\nconst tea = () => HEAT;\nconst HEAT = 90;\n"
        "return { tea };\n})();\n\n"
        "const { tea: drink } = $tea;\ndrink();\n"
    )


def test_modules_of_the_same_name_in_two_folders_are_two_scopes() -> None:
    joined = join(
        {
            "js/room.js": 'import { a } from "./net/a.js";\nimport { a_ } from "./ui/list/a.js";\n',
            "js/net/a.js": 'import { dom } from "../ui/dom.js";\nexport const a = dom;\n',
            "js/ui/list/a.js": 'import { dom } from "../dom.js";\nexport const a_ = dom;\n',
            "js/ui/dom.js": "export const dom = 1;\n",
        }
    )
    assert list(joined) == ["js/room.js"]
    assert re.findall(r"^const (.*) = \(", joined["js/room.js"], re.MULTILINE) == [
        "$js$ui$dom",
        "$js$net$a",
        "$js$ui$list$a",
    ]
    assert joined["js/room.js"].count("const { dom } = $js$ui$dom;") == 2
    assert joined["js/room.js"].endswith(
        "const { a } = $js$net$a;\nconst { a_ } = $js$ui$list$a;\n"
    )


def test_scopes_get_short_names_and_nothing_else_does() -> None:
    scope = "// a.js\nconst $a = (() => {\nreturn { $it };\n})();\n\n"
    script = f"{scope}const {{ $it }} = $a;\n`${{$a.$it}}`; $ab($a$); x$a.$a;\n"
    short = with_short_scopes(script)
    assert short == (
        "// a.js\nconst $0 = (() => {\nreturn { $it };\n})();\n\n"
        "const { $it } = $0;\n`${$0.$it}`; $ab($a$); x$a.$0;\n"
    )


def test_private_names_of_classes_get_short_and_nothing_else_does() -> None:
    script = """const { $it } = $a;
class A extends B {
  #node = document.querySelector("#node");
  #list;
  static #count = 0;
  constructor(node) {
    this.#node = node.#node ?? `.a #node #list ${this.#list}`;
  }
  async #load() {
    return #node in this && "#load";
  }
  get #size() {
    return this.#list.#size + A.#count + "a.#b";
  }
}
class C {
  #list = "color: #fff";
}
"""
    short = with_short_privates(script)
    assert (
        short
        == """const { $it } = $a;
class A extends B {
  #a = document.querySelector("#node");
  #b;
  static #c = 0;
  constructor(node) {
    this.#a = node.#a ?? `.a #node #list ${this.#b}`;
  }
  async #d() {
    return #a in this && "#load";
  }
  get #e() {
    return this.#b.#e + A.#c + "a.#b";
  }
}
class C {
  #a = "color: #fff";
}
"""
    )


def test_private_names_go_on_after_z() -> None:
    names = [f"name{number}" for number in range(30)]
    short = with_short_privates("class A {\n" + "".join(f"  #{it};\n" for it in names) + "}\n")
    assert [it.strip("# ;") for it in short.splitlines()[1:-1]][24:28] == ["y", "z", "aa", "ab"]


def test_an_import_may_span_lines() -> None:
    files = {
        "page.js": 'import {\n  a,\n  b as c,\n} from "./part.js";\na(c);\n',
        "part.js": "export const a = 1;\nexport function* b() {}\n",
    }
    assert join(files)["page.js"].endswith("\nconst { a, b: c } = $part;\na(c);\n")


def test_comments_on_their_own_lines_are_removed() -> None:
    part = (
        '/**\n * @type {import("./gone.js").A}\n */\n// import "./gone.js";\n'
        "/** A. */ export const a = 1; // One.\nconst b = 2; /* Two. */\n  /* Three. */\n"
    )
    joined = join({"page.js": 'import "./part.js";\n', "part.js": part.replace("/** A. */ ", "")})
    assert "{\nconst a = 1; // One.\nconst b = 2; /* Two. */\nreturn { a };" in joined["page.js"]
    kept = join({"page.js": '/* A. */ let a = 1;\nimport "./b.js";\n/* B. */\n', "b.js": ""})
    assert kept["page.js"].endswith("/* A. */ let a = 1;\n\n")


def test_a_file_that_two_pages_import_is_in_both() -> None:
    files = {
        "room.css": '@import "./ink.css";\n@import "./log.css";\n',
        "index.css": '/* In. */\n@import "./ink.css";\n',
        "ink.css": "a {}\n",
        "log.css": "b {}\n",
        "admin.css": "c {}\n",
    }
    assert join(files) == {
        "room.css": "a {}\nb {}\n",
        "index.css": "a {}\n/* In. */\n",
        "admin.css": "c {}\n",
    }


def test_a_dynamically_imported_module_stays_a_module() -> None:
    joined = join(
        {
            "room.js": 'import { tea } from "./tea.js";\ntea(await import("./code.js"));\n',
            "code.js": 'import { tea } from "./tea.js";\nexport const code = tea;\n',
            "tea.js": "export const tea = 1;\n",
        }
    )
    assert set(joined) == {"room.js", "code.js"}
    assert joined["room.js"].endswith('tea(await import("./code.js"));\n')
    assert joined["code.js"].endswith("export const code = tea;\n")
    assert all("const tea = 1;" in text for text in joined.values())  # each has a copy


def test_a_dynamic_import_is_relative_to_the_entry_point() -> None:
    """Browsers resolve the path relative to the file that contains the import."""
    joined = join(
        {
            "js/room.js": 'import "./ui/picker.js";\n',
            "js/ui/picker.js": 'const load = () => import("../emoji/all.js");\n',
            "js/emoji/all.js": "export const all = [];\n",
        }
    )
    assert set(joined) == {"js/room.js", "js/emoji/all.js"}
    assert 'import("./emoji/all.js")' in joined["js/room.js"]


def test_files_without_relative_imports_are_left_alone() -> None:
    files = {
        "vendor/jquery.min.js": "/* jQuery */\nexport default 1;\nawait 1;\n",
        "vendor/sheet-1.css": '@import url("other.css");\na { background: url(a.png); }\n',
    }
    assert join(files) == files


@pytest.mark.parametrize(
    ("module", "error"),
    [
        ('import { a } from "./page.js";\n', "page.js imports itself, through page.js, part.js"),
        ('import { a } from "./gone.js";\n', "part.js imports gone.js, which is not there"),
        ('import { a } from "../b.js";\n', r"part.js imports \.\./b.js, which is not there"),
        ('import { c } from "./b.js";\n', "part.js imports c from b.js, which does not export it"),
        ('import { b } from "./b.js";\nimport("./b.js");\n', "part.js loads b.js late"),
        ('import b from "./b.js";\n', "part.js cannot be joined with others: import b from"),
        ('import * as b from "./b.js";\n', "part.js cannot be joined with others"),
        ('import { b } from "https://b.example/b.js";\n', "part.js cannot be joined with others"),
        ('import { b } from "b";\n', "part.js cannot be joined with others"),
        ("export default 1;\n", "part.js cannot be joined with others: export default 1;"),
        ("export { a };\n", "part.js cannot be joined with others"),
        ("export let a = 1;\n", "part.js cannot be joined with others"),
        ("export const { a } = it;\n", "part.js cannot be joined with others"),
        ("export const c = 1, a = 2;\n", "page.js imports a from part.js, which does not export"),
        ('export { b } from "./b.js";\n', "part.js cannot be joined with others"),
        ('export * from "./b.js";\n', "part.js cannot be joined with others"),
        (f"{A}await 1;\n", "part.js cannot be joined with others: await 1;"),
        (f"{A}const b = await 1;\n", "part.js cannot be joined with others: const b = await 1;"),
        (f"{A}for await (const b of c) {{\n}}\n", "part.js cannot be joined with others"),
        (f"{A}const b = import.meta.url;\n", "part.js cannot be joined with others: import.meta"),
        (f"{A}const b = `\nexport\n`;\n", "part.js cannot be joined with others: export"),
    ],
)
def test_a_module_that_cannot_be_joined_is_refused(module: str, error: str) -> None:
    files = {
        "page.js": 'import { a } from "./part.js";\n',
        "part.js": module,
        "b.js": "export const b = 1;\n",
    }
    with pytest.raises(ValueError, match=error):
        join(files)


@pytest.mark.parametrize(
    "code", ["const f = async () => await 1;", "async () => {\n  await 1;\n};"]
)
def test_a_function_may_use_await(code: str) -> None:
    assert code in join({"page.js": 'import "./part.js";\n', "part.js": f"{code}\n"})["page.js"]


def test_a_path_that_is_no_identifier_is_refused() -> None:
    files = {"my-app/page.js": 'import "./part.js";\n', "my-app/part.js": ""}
    with pytest.raises(ValueError, match=r"my-app/part\.js cannot be joined"):
        join(files)


@pytest.mark.parametrize(
    "rules", ["@import url(b.css);", '@import "./b.css" print;', "a { mask: url('../b.svg'); }"]
)
def test_a_stylesheet_with_relative_urls_is_refused(rules: str) -> None:
    with pytest.raises(ValueError, match=r"base/a\.css cannot be joined with others"):
        join({"page.css": '@import "./base/a.css";\n', "base/a.css": f"{rules}\n", "b.css": ""})


def test_an_external_import_after_inlined_rules_is_refused() -> None:
    files = {"page.css": '@import "./a.css";\n@import url(b.css);\n', "a.css": "a {}\n"}
    with pytest.raises(ValueError, match=r"page\.css cannot be joined with others: @import url"):
        join(files)


@pytest.mark.parametrize("url", ["data:,a", "/static/a.svg", "https://a.example/a", "#a"])
def test_a_stylesheet_may_have_absolute_urls(url: str) -> None:
    rule = f'a {{ mask: url("{url}"); }}\n'
    assert join({"page.css": '@import "./a.css";\n', "a.css": rule}) == {"page.css": rule}


def test_the_files_of_a_room_are_small() -> None:
    """Compressed, as on the first visit."""
    sizes = {
        name: len(gzip.compress(collected(name).encode()))
        for name in (
            "chat/js/room.js",
            "chat/js/on_demand.js",
            "chat/js/composer_tools.js",
            "chat/js/attachments.js",
            "chat/js/search.js",
            "chat/css/pages/room.css",
            "chat/css/pages/search_panel.css",
        )
    }
    assert sizes["chat/js/room.js"] < 46 * 1024
    assert sizes["chat/js/on_demand.js"] < 12 * 1024
    assert sizes["chat/js/composer_tools.js"] < 16 * 1024
    assert sizes["chat/js/attachments.js"] < 12 * 1024
    assert sizes["chat/js/search.js"] < 16 * 1024
    assert sizes["chat/css/pages/room.css"] < 16 * 1024
    assert sizes["chat/css/pages/search_panel.css"] < 3 * 1024
