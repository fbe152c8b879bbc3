"""Small files for who writes them, whole ones for who loads them.

A stylesheet or an ES module that imports others gets them put into it, and they go: what nobody
imports is a page's own, and all that a browser has to ask for. So it learns at once of what it
would else find level by level, over six connections. Every module is still a scope of its own, run
once and after those it imports; they know no cycles, so that is what a browser does as well.
"""

import posixpath
import re

CSS_IMPORT = re.compile(r'^@import "\./(?P<part>\w+\.css)";\n', re.MULTILINE)
JS_IMPORT = re.compile(
    r'^import (?:(?P<names>\{[^}]*\}) from )?"\./(?P<part>\w+\.js)";', re.MULTILINE
)
JS_EXPORT = re.compile(
    r"^export (?=(?:const|class|function\*?|async function\*?) (?P<name>\w+))", re.MULTILINE
)
OTHER_IMPORT = re.compile(r"^(?:import\b(?!\()|export (?:\{[^}]*\}|\*.*) from\b).*", re.MULTILINE)
NOT_IN_SCOPE = re.compile(r"^(?:export|await)\b.*", re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
COMMENT_LINES = re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL)
LAZY = re.compile(r'\bimport\("\./(?P<part>\w+\.js)"\)')

Files = dict[str, str]  # their texts, by name


def join(files: Files) -> Files:
    """The files that nobody imports, with what they import in them."""
    imports = {name: _imports(name, text) for name, text in files.items()}
    parts = {part for imported in imports.values() for part in imported}
    _refuse_lazy(files, parts)
    orders = {name: in_order(name, imports) for name in files}
    return {
        name: _whole(orders[name], files) if imports[name] else text
        for name, text in files.items()
        if name not in parts
    }


def in_order(name: str, imports: dict[str, list[str]], within: tuple[str, ...] = ()) -> list[str]:
    """All that goes into a file, itself last: each once, after what it imports."""
    if name in within:
        raise ValueError(f"{name} imports itself, through {', '.join(within)}.")
    if name not in imports:
        raise ValueError(f"{within[-1]} imports {name}, which is not there.")
    before = [it for part in imports[name] for it in in_order(part, imports, (*within, name))]
    return list(dict.fromkeys([*before, name]))


def _imports(name: str, text: str) -> list[str]:
    pattern = CSS_IMPORT if name.endswith(".css") else JS_IMPORT
    return [_beside(name, it["part"]) for it in pattern.finditer(text)]


def _beside(name: str, other: str) -> str:
    return posixpath.join(posixpath.dirname(name), other)


def _refuse_lazy(files: Files, parts: set[str]) -> None:
    """A module that is a part of another and loaded alone would be there twice."""
    for name, text in files.items():
        for found in LAZY.finditer(COMMENT.sub("", text)):
            if _beside(name, found["part"]) in parts:
                raise ValueError(f"{name} loads {found['part']} late, which others import at once.")


def _whole(names: list[str], files: Files) -> str:
    if names[-1].endswith(".css"):
        return "".join(CSS_IMPORT.sub("", files[it]) for it in names)
    bodies = {it: _body(it, files[it]) for it in names}
    last = bodies.pop(names[-1])
    return "".join([*(_scope(name, body) for name, body in bodies.items()), last])


def _body(name: str, text: str) -> str:
    """A module that takes what it imports from the scopes before it, and leaves its comments."""
    body = JS_IMPORT.sub(_taken, COMMENT_LINES.sub("", text))
    _refuse(OTHER_IMPORT, name, body)
    return body


def _taken(found: re.Match[str]) -> str:
    names = found["names"]
    return f"const {names.replace(' as ', ': ')} = {_variable(found['part'])};" if names else ""


def _scope(name: str, body: str) -> str:
    """A module as a function that is called once; what it exports is what that returns."""
    exports = ", ".join(it["name"] for it in JS_EXPORT.finditer(body))
    inside = JS_EXPORT.sub("", body)
    _refuse(NOT_IN_SCOPE, name, inside)
    head = f"// {name}\nconst {_variable(name)} = (() => {{\n"
    return f"{head}{inside}return {{ {exports} }};\n}})();\n\n"


def _refuse(pattern: re.Pattern[str], name: str, text: str) -> None:
    found = pattern.search(text)
    if found:
        raise ValueError(f"{name} cannot be joined with others: {found[0]}")


def _variable(name: str) -> str:
    return f"${name.rpartition('/')[2].removesuffix('.js')}"
