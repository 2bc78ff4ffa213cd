"""The registries app: system checks on start, triggers and standing rows after every migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RegistriesConfig(AppConfig):
    """Ground floor."""

    name = "registries"
    verbose_name = _("Registries and lists")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the standing rows and triggers to the end of migration (the one use of a signal)."""
        from registries import invariants, standing  # noqa: F401  (loading the invariants adds them)

        post_migrate.connect(standing.set_up, sender=self)
