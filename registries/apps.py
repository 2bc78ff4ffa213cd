"""The registries app: system checks on start, triggers and standing rows after every migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class RegistriesConfig(AppConfig):
    """Ground floor."""

    name = "registries"
    verbose_name = _("Registries and lists")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the lifting of triggers to the beginning of a migration, standing rows and triggers to its end (the one use of signals).

        Imports add what they did to a subject to its history.
        """
        from registries import histories, invariants, standing, triggers  # noqa: F401  (loading histories and invariants adds them)
        from registries.imports.telling import of_imports
        from registries.operations import probes  # noqa: F401  (what of this floor the operations page tells)
        from registries.people import backend
        from registries.people.factors.queries import told_since
        from registries.retention import kept  # noqa: F401  (its lines of retention)
        from registries.subjects import outlook

        backend.TOLD["factor_since"] = told_since()

        outlook.happenings(of_imports)

        pre_migrate.connect(triggers.lift, sender=self)
        post_migrate.connect(standing.set_up, sender=self)
