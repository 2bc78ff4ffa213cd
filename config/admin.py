"""The admin site: its titles, and who may enter."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class SmallAdminSite(AdminSite):
    """The site without the pages that nobody here needs: passwords are changed in the office, and no field completes itself."""

    UNUSED = ("password_change", "password_change_done", "autocomplete", "view_on_site")

    def get_urls(self) -> list[Any]:
        """The addresses that are in use."""
        return [one for one in super().get_urls() if getattr(one, "name", None) not in self.UNUSED]


class SunlotAdminSite(SmallAdminSite):
    """For supervisors (approvals) and auditors (reading); rights come from ``registries/people/roles.py``."""

    site_header = _("Sunlot approvals")
    site_title = _("Sunlot approvals")
    index_title = _("What waits for you, and what may be read")
    site_url = "/office/"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Only those whose role may enter the admin."""
        return request.user.is_active and request.user.has_perm("registries.enter_admin")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override]
        """There is one door: the office's, where tries are counted."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", "/admin/"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override]
        """And one way out."""
        return redirect("desk")
