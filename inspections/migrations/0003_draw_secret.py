"""The secret of an order gets a table of its own, so that no page loads it; the secrets there are move over."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import registries.fields


def move(apps: Any, _editor: Any) -> None:
    """Every secret is opened with the old column's name and sealed with the new one's."""
    rows = apps.get_model("inspections", "Draw").objects.exclude(commitment="").only("secret", "auditor_copy")
    kept = apps.get_model("inspections", "DrawSecret").objects
    for draw in rows.iterator():
        kept.create(draw=draw, secret=draw.secret, auditor_copy=draw.auditor_copy)


class Migration(migrations.Migration):
    dependencies = [("inspections", "0002_initial")]

    operations = [
        migrations.CreateModel(
            name="DrawSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret", registries.fields.SealedTextField(verbose_name="secret")),
                ("auditor_copy", models.TextField(blank=True, verbose_name="the auditor's sealed copy of the secret")),
                (
                    "draw",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="kept_secret", to="inspections.draw"
                    ),
                ),
            ],
            options={"verbose_name": "secret of a draw", "verbose_name_plural": "secrets of draws"},
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
