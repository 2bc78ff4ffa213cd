"""The publicity app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PublicityConfig(AppConfig):
    """Top floor."""

    name = "publicity"
    verbose_name = _("Disclosures")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the triggers to the end of migration."""
        from publicity import invariants, retention, standing  # noqa: F401  (loading invariants and retention adds them)
        from publicity.corrections import desk as desk_of_corrections  # noqa: F401  (what this floor tells on desks, in messages and of a case)
        from publicity.corrections import part as part_of_corrections  # noqa: F401
        from publicity.disclosures import desk, part, probing  # noqa: F401

        post_migrate.connect(standing.set_up, sender=self)
