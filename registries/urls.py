"""The addresses of the registries floor, gathered from its rooms."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("registries.inspectors.urls")),
    path("", include("registries.people.urls")),
    path("", include("registries.people.factors.urls")),
    path("", include("registries.codes.urls")),
    path("", include("registries.holidays.urls")),
    path("", include("registries.attempts.urls")),
    path("", include("registries.exports.urls")),
    path("", include("registries.imports.urls")),
    path("", include("registries.matters.urls")),
    path("", include("registries.campaigns.urls")),
    path("", include("registries.comparisons.urls")),
    path("", include("registries.subjects.urls")),
    path("", include("registries.lists.urls")),
    path("", include("registries.persons.urls")),
    path("", include("registries.retention.urls")),
    path("", include("registries.selfchecks.urls")),
    path("", include("registries.operations.urls")),
    path("", include("registries.ledger.urls")),
]
