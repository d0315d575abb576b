import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

from workspaces.isolation import EnableIsolation

# Words are kept twice: as written (for names, other languages and half-typed words) and by their stem in the language
# of the workspace. Both without accents.
CONFIGURATIONS = """
CREATE TEXT SEARCH CONFIGURATION public.parley_simple (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION public.parley_simple
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.simple;

DO $$
DECLARE pair text[];
BEGIN
    FOREACH pair SLICE 1 IN ARRAY ARRAY[
        ['da', 'danish'], ['de', 'german'], ['en', 'english'], ['es', 'spanish'], ['fi', 'finnish'], ['fr', 'french'],
        ['hu', 'hungarian'], ['it', 'italian'], ['nl', 'dutch'], ['no', 'norwegian'], ['pt', 'portuguese'],
        ['ro', 'romanian'], ['ru', 'russian'], ['sv', 'swedish'], ['tr', 'turkish']]
    LOOP
        EXECUTE format('CREATE TEXT SEARCH CONFIGURATION public.%I (COPY = pg_catalog.%I)', 'parley_' || pair[1], pair[2]);
        EXECUTE format('ALTER TEXT SEARCH CONFIGURATION public.%I ALTER MAPPING FOR hword, hword_part, word '
            'WITH public.unaccent, pg_catalog.%I', 'parley_' || pair[1], pair[2] || '_stem');
    END LOOP;
END
$$;

CREATE FUNCTION public.search_config(language text) RETURNS regconfig LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT c.oid::regconfig FROM pg_catalog.pg_ts_config c
         WHERE c.cfgname = 'parley_' || left(language, 2) AND c.cfgnamespace = 'public'::regnamespace),
        'public.parley_simple'::regconfig)
$$;
"""
NO_CONFIGURATIONS = """
DROP FUNCTION public.search_config(text);
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT cfgname FROM pg_catalog.pg_ts_config
                WHERE cfgname LIKE 'parley\\_%' AND cfgnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('DROP TEXT SEARCH CONFIGURATION public.%I', name);
    END LOOP;
END
$$;
"""

# The key leads with the conversation: entries are taken out by it, and it answers "does this one match as well?".
# "workspace_id" is asked when the newest are wanted, "workspace_id + 0" when words are: each index answers one of them, so
# that no planner can take the wrong one. What falls into no month stands in the default partition, and moves when its month is made.
TABLE = """
CREATE TABLE public.search_entry (
    workspace_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    source_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    kind smallint NOT NULL,
    tsv tsvector NOT NULL,
    PRIMARY KEY (conversation_id, kind, source_id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX search_entry_newest ON public.search_entry (workspace_id, created_at DESC, source_id DESC, kind DESC);
CREATE INDEX search_entry_words ON public.search_entry USING gin ((workspace_id + 0), tsv);
CREATE TABLE public.search_entry_default PARTITION OF public.search_entry DEFAULT;
REVOKE UPDATE ON public.search_entry FROM parley_app;
REVOKE ALL ON public.search_entry_default FROM parley_app;
"""

# Forced policies bind the owner too, and a policy keeps the index of words from being used, since @@ is not leakproof.
# The owner's own policy opens the table to the functions below, each of which checks the workspace itself.
OWNER_POLICY = """
CREATE POLICY owner ON public.search_entry TO parley_owner USING (true) WITH CHECK (true);
CREATE POLICY owner ON public.search_entry_default TO parley_owner USING (true) WITH CHECK (true);
"""

PARTITIONS = """
CREATE FUNCTION public.search_make_partition(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    first timestamptz := date_trunc('month', moment);
    next timestamptz := first + interval '1 month';
    name text := 'search_entry_' || to_char(first, 'YYYY_MM');
    mine text := 'workspace_id = nullif(current_setting(''parley.workspace'', true), '''')::bigint';
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    LOCK TABLE public.search_entry_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.search_entry)', name);
    EXECUTE format('WITH moved AS (DELETE FROM public.search_entry_default WHERE created_at >= %L AND created_at < %L
        RETURNING *) INSERT INTO public.%I SELECT * FROM moved', first, next, name);
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON public.%I USING (%s) WITH CHECK (%s)', name, mine, mine);
    EXECUTE format('CREATE POLICY owner ON public.%I TO parley_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('REVOKE ALL ON public.%I FROM parley_app, parley_maint', name);
    EXECUTE format('ALTER TABLE public.search_entry ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        name, first, next);
    RETURN true;
END
$$;

-- Puts waiting words into the index of the newest months, so that neither a reader nor a writer pays for it.
CREATE FUNCTION public.search_tidy() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(sum(pages), 0)::bigint FROM (
        SELECT gin_clean_pending_list(i.indexrelid) AS pages
        FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid AND x.relkind = 'i'
        JOIN pg_am a ON a.oid = x.relam AND a.amname = 'gin'
        JOIN pg_inherits h ON h.inhrelid = i.indrelid AND h.inhparent = 'public.search_entry'::regclass
    ) cleaned
$$;

REVOKE ALL ON FUNCTION public.search_make_partition(timestamptz), public.search_tidy() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.search_make_partition(timestamptz), public.search_tidy() TO parley_app;
"""
NO_PARTITIONS = "DROP FUNCTION public.search_tidy(); DROP FUNCTION public.search_make_partition(timestamptz);"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("workspaces", "0002_isolation")]

    operations = [
        migrations.RunSQL(CONFIGURATIONS, NO_CONFIGURATIONS),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE, "DROP TABLE public.search_entry")],
            state_operations=[
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "conversation_id",
                                "kind",
                                "source_id",
                                "created_at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("conversation_id", models.BigIntegerField()),
                        ("source_id", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "kind",
                            models.SmallIntegerField(
                                choices=[
                                    (1, "Message"),
                                    (2, "Comment"),
                                    (3, "Attachment"),
                                    (4, "Participant"),
                                    (5, "Conversation"),
                                ]
                            ),
                        ),
                        ("tsv", django.contrib.postgres.search.SearchVectorField()),
                        (
                            "workspace",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workspaces.workspace",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "entries",
                        "abstract": False,
                        "base_manager_name": "unscoped",
                        "default_manager_name": "objects",
                    },
                    managers=[
                        ("objects", django.db.models.manager.Manager()),
                        ("unscoped", django.db.models.manager.Manager()),
                    ],
                )
            ],
        ),
        EnableIsolation("search_entry"),
        EnableIsolation("search_entry_default"),
        migrations.RunSQL(OWNER_POLICY, migrations.RunSQL.noop),
        migrations.RunSQL(PARTITIONS, NO_PARTITIONS),
    ]
