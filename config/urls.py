"""All addresses: the public site, the office, the admin, the language switch."""

from django.contrib import admin
from django.urls import include, path

from registries.people.language import choose_language

urlpatterns = [
    path("language/<str:code>/", choose_language, name="language"),
    path("office/", include("inspections.urls")),
    path("office/", include("registries.urls")),
    path("admin/", admin.site.urls),
    path("", include("registries.operations.machine_urls")),
    path("", include("publicity.urls")),
]

handler400 = "config.errors.unreadable"
handler500 = "config.errors.failed"
