"""The addresses of the publicity floor, gathered from its rooms."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("office/", include("publicity.disclosures.urls")),
    path("office/", include("publicity.corrections.urls")),
    path("", include("publicity.opendata.urls")),
    path("", include("publicity.site.urls")),
]
