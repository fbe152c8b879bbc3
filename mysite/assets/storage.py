"""How static files are stored once collected."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from rjsmin import jsmin
from servestatic.storage import CompressedManifestStaticFilesStorage

from mysite.assets.joining import join
from mysite.assets.short_names import shortened

JOINED = (".css", ".js")

Paths = dict[str, tuple[Any, str]]  # by name: the storage a file comes from, and its name there


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Bundles what files import, and minifies such scripts.

    The base class adds hashes to the names, and compresses.
    """

    support_js_module_import_aggregation = True

    def post_process(
        self, paths: Paths, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        kept = paths if dry_run else self._join(paths)
        yield from super().post_process(kept, dry_run=dry_run, **options)

    def _join(self, paths: Paths) -> Paths:
        files = {name: _text(path) for name, path in paths.items() if name.endswith(JOINED)}
        whole = join(files)
        changed = {name for name, text in whole.items() if text != files[name]}
        for name in changed:
            self.delete(name)
            self.save(name, ContentFile(_minified(name, whole[name]).encode()))
        return {
            name: (self, name) if name in changed else path
            for name, path in paths.items()
            if name not in files or name in whole
        }


def _minified(name: str, text: str) -> str:
    minified: str = jsmin(shortened(text)) if name.endswith(".js") else text
    return minified


def _text(path: tuple[Any, str]) -> str:
    storage, name = path
    with storage.open(name) as file:
        text: str = file.read().decode()
        return text
