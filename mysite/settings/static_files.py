"""Static files: hashed, compressed, served by the app itself."""

from typing import Any

from mysite.settings.paths import DATA_DIR
from mysite.settings.security import DEBUG, ROOT_PATH

STATIC_URL = f"{ROOT_PATH}/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICI18N_PACKAGES = ["chat"]
STATICI18N_ROOT = DATA_DIR / "catalogs"  # JavaScript catalogs of translations, compiled at start
STATICI18N_OUTPUT_DIR = "catalogs"
STATICFILES_DIRS = [STATICI18N_ROOT]
STORAGES: dict[str, dict[str, Any]] = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "mysite.assets.storage.ModuleStaticFilesStorage"
    },
}
# All that is in the folder, also what pages of the version before ask for.
SERVESTATIC_USE_MANIFEST = False
SERVESTATIC_ALLOW_ALL_ORIGINS = False
