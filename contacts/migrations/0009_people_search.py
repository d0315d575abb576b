from django.db import migrations

# As before, with the digits of the phone, without those who were deleted, and with as many hits as are asked for.
FORWARD = r"""
DROP INDEX contact_words;
CREATE INDEX contact_words ON contacts_contact
    USING gin (workspace_id, lower(name || ' ' || email || ' ' || phone || ' ' || phone_key) gin_trgm_ops);

CREATE OR REPLACE FUNCTION public.contacts_find(ws bigint, words text[], most int) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    word text;
    card text := '';
    address text := '';
    company text := '';
    pattern text;
BEGIN
    IF ws IS DISTINCT FROM nullif(current_setting('parley.workspace', true), '')::bigint THEN
        RAISE EXCEPTION 'contacts_find was asked for another workspace than that in scope';
    END IF;
    FOREACH word IN ARRAY words LOOP
        pattern := quote_literal('%' || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%');
        card := card || ' AND lower(name || '' '' || email || '' '' || phone || '' '' || phone_key) LIKE ' || pattern;
        address := address || ' AND lower(value) LIKE ' || pattern;
        company := company || ' AND lower(k.name) LIKE ' || pattern;
    END LOOP;
    RETURN QUERY EXECUTE format(
        'SELECT c.id FROM contacts_contact c JOIN (
            (SELECT id FROM contacts_contact WHERE workspace_id = %1$s AND deleted_at IS NULL %2$s LIMIT %7$s)
            UNION (SELECT contact_id FROM contacts_contactaddress WHERE workspace_id = %1$s %3$s LIMIT %7$s)
            UNION (SELECT p.id FROM contacts_company k JOIN contacts_contact p ON p.company_id = k.id
                   WHERE k.workspace_id = %1$s %4$s LIMIT %7$s)
        ) hits ON hits.id = c.id
        WHERE c.deleted_at IS NULL
        ORDER BY (lower(c.name) LIKE %5$s) DESC, lower(c.name), c.id LIMIT %6$s',
        ws, card, address, company,
        quote_literal(replace(replace(replace(words[1], '\', '\\'), '%', '\%'), '_', '\_') || '%'), most,
        greatest(most, 200));
END
$$;

-- When somebody last wrote. Ten minutes are exact enough: a chat of a hundred messages writes its contact once.
-- Whoever is locked right now (a merge, a change) is let be: nobody waits for this.
CREATE FUNCTION public.contacts_saw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH wrote AS (
        SELECT contact_id, max(created_at) AS at FROM fresh
        WHERE direction = 'in' AND contact_id IS NOT NULL GROUP BY contact_id
    ), free AS (
        SELECT p.id, w.at FROM public.contacts_contact p JOIN wrote w ON w.contact_id = p.id
        WHERE p.last_seen_at < w.at - interval '10 minutes' OR p.deleted_at IS NOT NULL
        FOR NO KEY UPDATE OF p SKIP LOCKED
    )
    UPDATE public.contacts_contact c SET last_seen_at = greatest(c.last_seen_at, free.at), deleted_at = NULL
    FROM free WHERE c.id = free.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER contacts_saw AFTER INSERT ON public.conversations_message
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_saw();
"""
BACKWARD = """
DROP TRIGGER contacts_saw ON public.conversations_message;
DROP FUNCTION public.contacts_saw();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0008_people"), ("conversations", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
