"""The secret of an order and the bytes of a file get tables of their own; what is there moves over."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import registries.fields


def move(apps: Any, _editor: Any) -> None:
    """Every secret is opened with the old column's name and sealed with the new one's; every file becomes one part."""
    draws, secrets = apps.get_model("inspections", "Draw").objects, apps.get_model("inspections", "DrawSecret").objects
    for draw in draws.exclude(commitment="").only("secret", "auditor_copy").iterator():
        secrets.create(draw=draw, secret=draw.secret, auditor_copy=draw.auditor_copy)
    files, parts = apps.get_model("inspections", "DrawFile").objects, apps.get_model("inspections", "DrawFilePart").objects
    for file in files.iterator():
        parts.create(draw_id=file.draw_id, name=file.name, position=0, body=file.body)
        files.filter(pk=file.pk).update(size=len(file.body))


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
        migrations.AddField("drawfile", "size", models.PositiveBigIntegerField(default=0), preserve_default=False),
        migrations.CreateModel(
            name="DrawFilePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20)),
                ("position", models.PositiveIntegerField()),
                ("body", models.BinaryField()),
                (
                    "draw",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inspections.draw"),
                ),
            ],
            options={
                "verbose_name": "part of a draw file",
                "verbose_name_plural": "parts of draw files",
                "constraints": [models.UniqueConstraint(fields=("draw", "name", "position"), name="part_once_per_draw_file")],
            },
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
