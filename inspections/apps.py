"""The inspections app: triggers are made again after every migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    """Middle floor."""

    name = "inspections"
    verbose_name = _("Plans, draws and cases")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the triggers to the end of migration."""
        from inspections import histories, invariants, retention, standing  # noqa: F401  (loading histories, invariants and retention adds them)
        from inspections.desk import dossier  # noqa: F401  (what this floor tells of a subject)
        from inspections.desk import operation as _red  # noqa: F401  (what of the server's condition rings on desks)
        from inspections.draws import probing as _draws  # noqa: F401  (what of draws the operations page tells)
        from inspections.followups import part  # noqa: F401  (what follow-ups tell of a case)
        from inspections.messages.queries import unread_count
        from inspections.papers import part as _notices  # noqa: F401  (what its notice tells of a case)
        from registries.people.backend import TOLD

        TOLD["unread"] = unread_count()
        post_migrate.connect(standing.set_up, sender=self)
