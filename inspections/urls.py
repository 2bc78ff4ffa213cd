"""The addresses of the inspections floor, gathered from its rooms."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("inspections.plans.urls")),
    path("", include("inspections.adhoc.urls")),
    path("", include("inspections.draws.urls")),
    path("", include("inspections.cases.urls")),
    path("", include("inspections.followups.urls")),
    path("", include("inspections.papers.urls")),
    path("", include("inspections.desk.urls")),
]
