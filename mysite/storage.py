"""How static files are stored once collected."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also in the imports of ES modules, and compressed copies."""

    support_js_module_import_aggregation = True
