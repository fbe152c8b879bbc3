"""Inlines imports: developers write small files, browsers load whole ones.

An *entry point* is a stylesheet or ES module that no other file imports. `join` puts each entry
point's imports into it; only entry points are published. There is no build step: this runs when
static files are collected, and under DEBUG browsers load the files as they are written.

What it reads, line by line and not as a parser would. A statement begins a line:

- CSS: `@import "./x.css";`
- JS: `import { a, b as c } from "../ui/x.js";` (also over several lines) and `import "./x.js";`
- JS: `export` before `const`, `class`, `function` or `async function`
- JS: `import("./x.js")` anywhere: that module stays a file of its own, with its own copy of what it
  imports

A path is relative and of letters, digits and `_`. A module becomes a function that runs once, after
its imports; a sheet stands once, where it is first imported. Comments that fill their lines go.

What it refuses with a ValueError, as a browser would do something else than the joined file:

- files that import each other, a file or an exported name that is not there
- other imports and exports: default, namespace, lists, `let`, destructuring, re-exports, from a URL
- `await` outside a function, and `import.meta`, in a module that is imported
- a module that is imported and also loaded with `import()`
- CSS: other `@import`s; and relative `url()`s in a sheet that is imported

A template literal's lines are read like code: none may begin with `import`, `export`, `//` or `/*`.
"""

import posixpath
import re

_PATH = r'"(?P<path>(?:\./|(?:\.\./)+)(?:\w+/)*\w+\.{suffix})"'
CSS_IMPORT = re.compile(rf"^@import {_PATH.replace('{suffix}', 'css')};\n", re.MULTILINE)
CSS_OTHER_IMPORT = re.compile(r"@import\b.*")
CSS_RELATIVE_URL = re.compile(r"url\((?![\"']?(?:data:|https?:|/|#)).*")
JS_PATH = _PATH.replace("{suffix}", "js")
JS_IMPORT = re.compile(rf"^import (?:\{{(?P<names>[^}}]*)\}} from )?{JS_PATH};", re.MULTILINE)
JS_LATE_IMPORT = re.compile(rf"\bimport\({JS_PATH}\)")
JS_EXPORT = re.compile(
    r"^export (?=(?:const|class|function\*?|async function\*?) (?P<name>\w+))", re.MULTILINE
)
JS_COMMENT_LINES = re.compile(
    r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL
)
JS_OTHER_IMPORT = re.compile(
    r"^(?:import\b(?![(.])|export (?:\{[^}]*\}|\*.*) from\b).*", re.MULTILINE
)
JS_NOT_IN_FUNCTION = re.compile(
    r"^export\b.*|^(?!.*\basync\b)\S.*\bawait\b.*|^await\b.*|\bimport\.meta\b.*", re.MULTILINE
)

Files = dict[str, str]  # texts by name


def join(files: Files) -> Files:
    """The entry points, with their imports in them."""
    code = {name: _code(name, text) for name, text in files.items()}
    imports = {name: _imports(name, text) for name, text in code.items()}
    parts = {part for imported in imports.values() for part in imported}
    _refuse_late_parts(code, parts)
    orders = {name: in_order(name, imports) for name in files}
    return {
        name: _whole(orders[name], code) if imports[name] else text
        for name, text in files.items()
        if name not in parts
    }


def in_order(name: str, imports: dict[str, list[str]], within: tuple[str, ...] = ()) -> list[str]:
    """All files that a file consists of, itself last: each once, after its imports."""
    if name in within:
        raise ValueError(f"{name} imports itself, through {', '.join(within)}.")
    if name not in imports:
        raise ValueError(f"{within[-1]} imports {name}, which is not there.")
    before = [it for part in imports[name] for it in in_order(part, imports, (*within, name))]
    return list(dict.fromkeys([*before, name]))


def _code(name: str, text: str) -> str:
    return JS_COMMENT_LINES.sub("", text) if name.endswith(".js") else text


def _imports(name: str, code: str) -> list[str]:
    pattern = CSS_IMPORT if name.endswith(".css") else JS_IMPORT
    return [_resolved(name, found["path"]) for found in pattern.finditer(code)]


def _resolved(name: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _refuse_late_parts(code: Files, parts: set[str]) -> None:
    """It would be there twice, with two states."""
    for name, text in code.items():
        for found in JS_LATE_IMPORT.finditer(text):
            part = _resolved(name, found["path"])
            if part in parts:
                raise ValueError(f"{name} loads {part} late, which others import at once.")


def _whole(names: list[str], code: Files) -> str:
    *parts, entry = names
    if entry.endswith(".css"):
        return "".join([*(_imported_sheet(part, code) for part in parts), _sheet(entry, code)])
    return "".join([*(_scope(part, code, entry) for part in parts), _body(entry, code, entry)])


def _imported_sheet(name: str, code: Files) -> str:
    rules = _sheet(name, code)
    _refuse(CSS_RELATIVE_URL, name, rules)
    return rules


def _sheet(name: str, code: Files) -> str:
    rules = CSS_IMPORT.sub("", code[name])
    _refuse(CSS_OTHER_IMPORT, name, rules)
    return rules


def _scope(name: str, code: Files, entry: str) -> str:
    """A module as a function that is called once and returns the exports."""
    body = _body(name, code, entry)
    exports = ", ".join(found["name"] for found in JS_EXPORT.finditer(body))
    inside = JS_EXPORT.sub("", body)
    _refuse(JS_NOT_IN_FUNCTION, name, inside)
    head = f"// {name}\nconst {_variable(name)} = (() => {{\n"
    return f"{head}{inside}return {{ {exports} }};\n}})();\n\n"


def _body(name: str, code: Files, entry: str) -> str:
    """A module that takes its imports from the scopes before it."""

    def scope(found: re.Match[str]) -> str:
        part = _resolved(name, found["path"])
        return _destructured(name, part, found["names"], code[part]) if found["names"] else ""

    def late(found: re.Match[str]) -> str:
        return f'import("{_relative(_resolved(name, found["path"]), entry)}")'

    body = JS_LATE_IMPORT.sub(late, JS_IMPORT.sub(scope, code[name]))
    _refuse(JS_OTHER_IMPORT, name, body)
    return body


def _destructured(name: str, part: str, names: str, exporting: str) -> str:
    exported = {found["name"] for found in JS_EXPORT.finditer(exporting)}
    wanted = [it.strip() for it in names.split(",") if it.strip()]
    for it in wanted:
        if it.partition(" as ")[0] not in exported:
            raise ValueError(f"{name} imports {it} from {part}, which does not export it.")
    return f"const {{ {', '.join(wanted).replace(' as ', ': ')} }} = {_variable(part)};"


def _refuse(pattern: re.Pattern[str], name: str, text: str) -> None:
    found = pattern.search(text)
    if found:
        raise ValueError(f"{name} cannot be joined with others: {found[0]}")


def _relative(name: str, entry: str) -> str:
    path = posixpath.relpath(name, posixpath.dirname(entry) or ".")
    return path if path.startswith("../") else f"./{path}"


def _variable(name: str) -> str:
    """Of the whole path: two folders may have files of the same name."""
    variable = f"${name.removesuffix('.js').replace('/', '$')}"
    if not re.fullmatch(r"[\w$]+", variable):
        raise ValueError(f"{name} cannot be joined with others: its path is no name in JavaScript.")
    return variable
