"""The audit log of a demo may be taken away (0006), so no workspace may become one later."""

from django.db import migrations

MAKE = [
    """
CREATE FUNCTION public.parley_no_demo_later() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a workspace is a demo from birth or never' USING ERRCODE = 'check_violation';
END $$""",
    """
CREATE TRIGGER parley_no_demo_later BEFORE UPDATE OF is_demo ON public.workspaces_workspace
FOR EACH ROW WHEN (NEW.is_demo AND NOT OLD.is_demo) EXECUTE FUNCTION public.parley_no_demo_later()""",
]


class Migration(migrations.Migration):

    dependencies = [("workspaces", "0010_single_sign_on")]

    operations = [
        migrations.RunSQL(
            sql=MAKE,
            reverse_sql=[
                "DROP TRIGGER parley_no_demo_later ON public.workspaces_workspace",
                "DROP FUNCTION public.parley_no_demo_later()",
            ],
        )
    ]
