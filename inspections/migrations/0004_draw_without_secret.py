"""The columns whose content 0003 moved are dropped, apart from it: PostgreSQL alters no table with rows just written."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inspections", "0003_draw_secret")]

    operations = [
        migrations.RemoveField(model_name="draw", name="auditor_copy"),
        migrations.RemoveField(model_name="draw", name="secret"),
    ]
