from django.db import migrations

# A head of the newest rows is read as it stands; a word that fills no page from there is rare enough for the index of
# words, month by month. The planner is given no choice between the two: it knows nothing of how rare a word is, and
# choosing wrongly costs a thousand times.
ASK = """
CREATE FUNCTION public.search_check(asked bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF asked IS NULL OR asked IS DISTINCT FROM nullif(current_setting('parley.workspace', true), '')::bigint THEN
        RAISE insufficient_privilege USING MESSAGE = 'search is only answered inside the scope of its workspace';
    END IF;
END
$$;

-- One stretch of time through the index of words: no other kind of plan is open to it.
CREATE FUNCTION public.search_stretch(
    asked bigint, words tsquery, since timestamptz, until timestamptz,
    before_at timestamptz, before_source bigint, before_kind smallint, most int)
RETURNS TABLE (conversation_id bigint, kind smallint, source_id bigint, created_at timestamptz, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off
SET enable_bitmapscan = on SET enable_sort = on AS $$
#variable_conflict use_column
BEGIN
    PERFORM public.search_check(asked);
    RETURN QUERY
    SELECT found.conversation_id, found.kind, found.source_id, found.created_at, ts_rank(found.tsv, words) FROM (
        SELECT e.* FROM public.search_entry e
        WHERE e.workspace_id + 0 = asked AND e.tsv @@ words AND e.created_at >= since AND e.created_at < until
          AND (e.created_at, e.source_id, e.kind) < (before_at, before_source, before_kind)
        ORDER BY e.created_at DESC, e.source_id DESC, e.kind DESC LIMIT most
    ) found;
END
$$;

CREATE FUNCTION public.search_entries(
    asked bigint, words tsquery, since timestamptz,
    before_at timestamptz, before_source bigint, before_kind smallint, most int, head int DEFAULT 1000)
RETURNS TABLE (conversation_id bigint, kind smallint, source_id bigint, created_at timestamptz, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
#variable_conflict use_column
DECLARE
    found int := 0;
    got int;
    months int := 1;
    oldest timestamptz;
    lower timestamptz;
    upper timestamptz;
BEGIN
    PERFORM public.search_check(asked);
    IF numnode(words) = 0 THEN
        RETURN;
    END IF;
    SELECT e.created_at INTO oldest FROM public.search_entry e WHERE e.workspace_id = asked
    ORDER BY e.created_at, e.source_id, e.kind LIMIT 1;
    since := greatest(since, oldest);
    IF oldest IS NULL OR since > before_at THEN
        RETURN;
    END IF;

    RETURN QUERY
    SELECT newest.conversation_id, newest.kind, newest.source_id, newest.created_at, ts_rank(newest.tsv, words) FROM (
        SELECT e.* FROM public.search_entry e
        WHERE e.workspace_id = asked AND e.created_at >= since AND e.created_at <= before_at
          AND (e.created_at, e.source_id, e.kind) < (before_at, before_source, before_kind)
        ORDER BY e.created_at DESC, e.source_id DESC, e.kind DESC LIMIT head
    ) newest WHERE newest.tsv @@ words LIMIT most;
    GET DIAGNOSTICS found = ROW_COUNT;

    -- Where the head ended; nothing there means that it held everything.
    SELECT e.created_at, e.source_id, e.kind INTO before_at, before_source, before_kind
    FROM public.search_entry e
    WHERE e.workspace_id = asked AND e.created_at >= since AND e.created_at <= before_at
      AND (e.created_at, e.source_id, e.kind) < (before_at, before_source, before_kind)
    ORDER BY e.created_at DESC, e.source_id DESC, e.kind DESC OFFSET greatest(head, 1) - 1 LIMIT 1;
    upper := before_at + interval '1 microsecond';

    WHILE before_at IS NOT NULL AND found < most AND upper > since LOOP
        lower := date_trunc('month', upper - interval '1 microsecond');
        -- Far back there is little in each month: whole years at a time.
        IF months > 24 THEN
            lower := lower - interval '11 months';
        END IF;
        RETURN QUERY SELECT * FROM public.search_stretch(
            asked, words, greatest(lower, since), upper, before_at, before_source, before_kind, most - found);
        GET DIAGNOSTICS got = ROW_COUNT;
        found := found + got;
        months := months + 1;
        upper := lower;
    END LOOP;
END
$$;

-- Which of some conversations match anywhere; with a time, only by entries that earlier
-- pages have passed.
CREATE FUNCTION public.search_matching(
    asked bigint, conversations bigint[], words tsquery,
    newer_at timestamptz DEFAULT NULL, newer_source bigint DEFAULT NULL, newer_kind smallint DEFAULT NULL,
    until timestamptz DEFAULT NULL)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    PERFORM public.search_check(asked);
    RETURN QUERY
    SELECT DISTINCT e.conversation_id FROM public.search_entry e
    WHERE e.conversation_id = ANY (conversations) AND e.workspace_id + 0 = asked AND e.tsv @@ words
      AND (newer_at IS NULL
           OR (e.created_at, e.source_id, e.kind) >= (newer_at, newer_source, newer_kind))
      AND (until IS NULL OR e.created_at < until);
END
$$;

REVOKE ALL ON FUNCTION
    public.search_stretch(bigint, tsquery, timestamptz, timestamptz, timestamptz, bigint, smallint, int),
    public.search_entries(bigint, tsquery, timestamptz, timestamptz, bigint, smallint, int, int),
    public.search_matching(bigint, bigint[], tsquery, timestamptz, bigint, smallint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    public.search_entries(bigint, tsquery, timestamptz, timestamptz, bigint, smallint, int, int),
    public.search_matching(bigint, bigint[], tsquery, timestamptz, bigint, smallint, timestamptz) TO parley_app;
"""
NO_ASK = """
DROP FUNCTION public.search_matching(bigint, bigint[], tsquery, timestamptz, bigint, smallint, timestamptz);
DROP FUNCTION public.search_entries(bigint, tsquery, timestamptz, timestamptz, bigint, smallint, int, int);
DROP FUNCTION public.search_stretch(bigint, tsquery, timestamptz, timestamptz, timestamptz, bigint, smallint, int);
DROP FUNCTION public.search_check(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_entries")]

    operations = [migrations.RunSQL(ASK, NO_ASK)]
