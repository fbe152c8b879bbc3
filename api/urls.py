from django.urls import path

from api import pages
from api.v1 import api

urlpatterns = [
    path("docs", pages.docs, name="api_docs"),
    path("openapi.json", pages.openapi, name="api_openapi"),
    path("", api.urls),
]
