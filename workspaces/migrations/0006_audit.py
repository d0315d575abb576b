import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.db import migrations, models

from workspaces.isolation import CURRENT, EnableIsolation

APPEND_ONLY = [
    "REVOKE ALL ON workspaces_auditentry FROM parley_app, parley_maint",
    "GRANT SELECT, INSERT ON workspaces_auditentry TO parley_app",
    # What a workspace keeps no longer: never what is younger than a month, except in the demo, which is made anew.
    f"""
CREATE FUNCTION public.parley_forget_audit(older_than timestamptz, most integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (
        DELETE FROM public.workspaces_auditentry WHERE id IN (
            SELECT e.id FROM public.workspaces_auditentry e
            JOIN public.workspaces_workspace w ON w.id = e.workspace_id
            WHERE e.workspace_id = {CURRENT} AND e.at < older_than
              AND (w.is_demo OR e.at < pg_catalog.now() - interval '30 days')
            ORDER BY e.number LIMIT most)
        RETURNING 1)
    SELECT count(*) FROM gone
$$""",
    "REVOKE ALL ON FUNCTION public.parley_forget_audit(timestamptz, integer) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION public.parley_forget_audit(timestamptz, integer) TO parley_app",
]


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0005_people_roles_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('member_id', models.BigIntegerField(null=True)),
                ('member_name', models.CharField(blank=True, max_length=100)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('action', models.CharField(max_length=60)),
                ('target_type', models.CharField(blank=True, max_length=60)),
                ('target_id', models.CharField(blank=True, max_length=40)),
                ('target_name', models.CharField(blank=True, max_length=200)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('seal', models.CharField(max_length=64)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'unscoped',
                'default_manager_name': 'objects',
                'indexes': [
                    models.Index(fields=['workspace', 'target_type', 'target_id', 'number'], name='audit_of_target'),
                    models.Index(fields=['workspace', 'member_id', 'number'], name='audit_of_member'),
                    models.Index(fields=['workspace', 'at'], name='audit_by_time'),
                ],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'number'), name='audit_number_once')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        EnableIsolation("workspaces_auditentry"),
        migrations.RunSQL(
            APPEND_ONLY,
            reverse_sql=["DROP FUNCTION public.parley_forget_audit(timestamptz, integer)"],
        ),
    ]
