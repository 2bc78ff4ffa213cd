"""The admin with our own site, and the house's system checks."""

from django.contrib.admin.apps import AdminConfig


class SunlotAdminConfig(AdminConfig):
    """The Django admin: for approvals and for reading."""

    default_site = "config.admin.SunlotAdminSite"

    def ready(self) -> None:
        """Register the checks that refuse to start an unsafe house."""
        from config import celery, checks, production  # noqa: F401

        super().ready()
        from django.contrib import admin
        from django.contrib.auth.models import Group

        admin.site.unregister(Group)  # roles are given in the office, by the security administrator alone
