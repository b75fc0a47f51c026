from django.db import migrations

ROLES = ("operations", "finance", "service", "risk", "administrator")


def make(apps, _):
    groups = apps.get_model("auth", "Group")
    for role in ROLES:
        groups.objects.get_or_create(name=role)


def remove(apps, _):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    """The platform's own staff: one Django group for each role."""

    dependencies = [("identity", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make, remove)]
