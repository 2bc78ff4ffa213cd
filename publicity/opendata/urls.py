"""The addresses of open data. They are for ever: a dataset keeps its name, a result its number, a month its files."""

from django.urls import path, re_path

from publicity.opendata import api, feeds, views

urlpatterns = [
    path("opendata/", views.index, name="public-opendata"),
    path("opendata/dictionary/", views.dictionary, name="public-opendata-dictionary"),
    path("opendata/api/", views.interface, name="public-opendata-api"),
    path("opendata/catalog.jsonld", views.catalog, name="public-opendata-catalog"),
    path("opendata/manifest.json", views.manifest, name="public-opendata-manifest"),
    path("opendata/SHA256SUMS", views.sums, {"name": "SHA256SUMS"}, name="public-opendata-sha256"),
    path("opendata/SM3SUMS", views.sums, {"name": "SM3SUMS"}, name="public-opendata-sm3"),
    path("opendata/<int:year>/<int:month>/", views.month, name="public-opendata-month"),
    path("opendata/<int:year>/<int:month>/<str:file>", views.older_file, name="public-opendata-older"),
    path("opendata/<str:file>", views.newest_file, name="public-opendata-file"),
    path("api/openapi.json", api.openapi, name="public-api-description"),
    path("api/v1/results", api.result_rows, name="public-api-results"),
    path("api/v1/results/<str:public_id>", api.result, name="public-api-result"),
    path("api/v1/<str:dataset>", api.rows, name="public-api-rows"),
    re_path(r"^api/(?P<rest>.*)$", api.nothing, name="public-api-nothing"),
    path("feeds/results.atom", feeds.newest, name="public-feed-results"),
    path("feeds/corrections.atom", feeds.corrections, name="public-feed-corrections"),
]
