from importlib import import_module

from django.db import migrations, models
from django.db.models.functions import Reverse

# The digits of a phone are looked for from their start, with or without their country, and from their end: three B-trees,
# which cost the same among ten people and ten million. Their trigrams are everybody's (there are a thousand, and each
# number has nine): they leave the index of words, which is smaller and quicker to write without them.
#
# Whoever types a whole address, or seven digits that are somebody's, means them: nothing else is looked at. The walk of
# those who wrote last begins with a hundred; where none of them fits, what is typed is rare enough for its trigrams.
INDEXES = r"""
-- The number without its country (E.164: of one, two or three digits), and without the zeros that some begin with.
CREATE FUNCTION public.contacts_national(digits text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT ltrim(CASE
    WHEN digits ~ '^0' THEN digits
    WHEN digits ~ '^[17]' THEN substr(digits, 2)
    WHEN digits ~ '^(2[07]|3[0-469]|4[0-13-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])' THEN substr(digits, 3)
    ELSE substr(digits, 4)
END, '0')
$$;
DROP INDEX contact_words;
CREATE INDEX contact_words ON contacts_contact
    USING gin (workspace_id, lower(name || ' ' || email || ' ' || phone) gin_trgm_ops);
CREATE INDEX contacts_by_phone_at_home ON contacts_contact
    (workspace_id, contacts_national(phone_key)) WHERE phone_key <> '';
"""
FIND = r"""
CREATE OR REPLACE FUNCTION public.contacts_find(ws bigint, words text[], most int) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    word text;
    plain text;
    pattern text;
    card text := '';
    address text := '';
    company text := '';
    walk text;
    longest int := 0;
    begins text := regexp_replace(array_to_string(words, ' '), '([\\%_])', '\\\1', 'g') || '%';
    is_address boolean := cardinality(words) = 1 AND words[1] LIKE '_%@%';
    -- The zeros that are dialled before it are no part of a number that is kept.
    number text := CASE WHEN cardinality(words) = 1 THEN ltrim(words[1], '0') ELSE '' END;
    is_number boolean := number ~ '^[0-9]{3,}$';
    found bigint[] := '{}';
    near bigint[] := '{}';
BEGIN
    IF ws IS DISTINCT FROM nullif(current_setting('parley.workspace', true), '')::bigint THEN
        RAISE EXCEPTION 'contacts_find was asked for another workspace than that in scope';
    END IF;
    IF is_address THEN
        EXECUTE format(
            'SELECT coalesce(array_agg(id), ''{}'') FROM (
                SELECT c.id FROM contacts_contactaddress a JOIN contacts_contact c ON c.id = a.contact_id
                WHERE a.workspace_id = %1$s AND a.kind = ''email'' AND lower(a.value) LIKE %2$L AND c.deleted_at IS NULL
                ORDER BY lower(a.value) LIMIT %3$s) s', ws, begins, most) INTO found;
        IF cardinality(found) > 0 THEN
            RETURN QUERY SELECT f.id FROM unnest(found) WITH ORDINALITY f(id, n) GROUP BY f.id ORDER BY min(f.n);
            RETURN;
        END IF;
    END IF;
    IF is_number THEN
        EXECUTE format(
            'SELECT coalesce(array_agg(id ORDER BY last_seen_at DESC, id DESC), ''{}'') FROM (
                SELECT id, last_seen_at FROM contacts_contact WHERE deleted_at IS NULL AND id IN (
                    (SELECT id FROM contacts_contact WHERE workspace_id = %1$s AND phone_key <> ''''
                     AND phone_key LIKE %2$L LIMIT %4$s)
                    UNION ALL (SELECT id FROM contacts_contact WHERE workspace_id = %1$s AND phone_key <> ''''
                     AND contacts_national(phone_key) LIKE %2$L LIMIT %4$s)
                    UNION ALL (SELECT id FROM contacts_contact WHERE workspace_id = %1$s AND phone_key <> ''''
                     AND reverse(phone_key) LIKE %3$L LIMIT %4$s))
                ORDER BY last_seen_at DESC, id DESC LIMIT %4$s) s',
            ws, number || '%', reverse(number) || '%', most) INTO found;
        IF cardinality(found) >= most OR (cardinality(found) > 0 AND length(number) >= 7) THEN
            RETURN QUERY SELECT unnest(found);
            RETURN;
        END IF;
    END IF;
    EXECUTE format(
        'SELECT $1 || coalesce(array_agg(id ORDER BY sort_name, id), ''{}'') FROM (
            SELECT id, sort_name FROM contacts_contact
            WHERE workspace_id = %1$s AND deleted_at IS NULL AND sort_name LIKE %2$L AND id <> ALL ($1)
            ORDER BY sort_name, id LIMIT %3$s) s', ws, begins, most - cardinality(found)) INTO found USING found;
    IF is_address OR cardinality(found) >= most THEN
        RETURN QUERY SELECT unnest(found);
        RETURN;
    END IF;

    FOREACH word IN ARRAY words LOOP
        longest := greatest(longest, length(word));
    END LOOP;
    FOREACH word IN ARRAY words LOOP
        plain := regexp_replace(word, '([\\%_])', '\\\1', 'g');
        pattern := quote_literal('%' || plain || '%');
        card := card || ' AND lower(name || '' '' || email || '' '' || phone) LIKE ' || pattern;
        IF longest < 3 THEN
            pattern := quote_literal(plain || '%');
        END IF;
        address := address || ' AND lower(value) LIKE ' || pattern;
        company := company || ' AND lower(name) LIKE ' || pattern;
    END LOOP;
    walk := format(
        'SELECT coalesce(array_agg(id ORDER BY last_seen_at DESC, id DESC), ''{}'') FROM (
            SELECT id, last_seen_at, name, email, phone FROM contacts_contact
            WHERE workspace_id = %1$s AND deleted_at IS NULL
            ORDER BY last_seen_at DESC, id DESC LIMIT $2) newest
         WHERE id <> ALL ($1) %2$s', ws, card);
    IF NOT is_number OR length(number) < 5 THEN
        EXECUTE walk INTO near USING found, 100;
        IF longest < 3 OR (cardinality(near) > 0 AND cardinality(found) + cardinality(near) < most) THEN
            EXECUTE walk INTO near USING found, 500;
        END IF;
    END IF;
    -- A long page of what a quarter has is walked too; anything rarer is found sooner by its trigrams.
    IF cardinality(found) + cardinality(near) < most AND cardinality(near) >= 125 THEN
        EXECUTE walk INTO near USING found, 4 * most;
    END IF;
    IF cardinality(found) + cardinality(near) >= most THEN
        RETURN QUERY SELECT unnest(found || near) LIMIT most;
        RETURN;
    END IF;

    IF longest < 3 THEN
        card := ' AND id = ANY ($2)';
        address := ' AND kind = ''email''' || address;
    END IF;
    RETURN QUERY SELECT unnest(found);
    RETURN QUERY EXECUTE format(
        'SELECT c.id FROM contacts_contact c JOIN (
            (SELECT id FROM contacts_contact WHERE workspace_id = %1$s AND deleted_at IS NULL %2$s LIMIT %5$s)
            UNION (SELECT contact_id FROM contacts_contactaddress
                   WHERE workspace_id = %1$s %3$s LIMIT %5$s)
            UNION (SELECT p.id FROM (SELECT id FROM contacts_company WHERE workspace_id = %1$s %4$s LIMIT 200) k
                   CROSS JOIN LATERAL (SELECT id FROM contacts_contact WHERE company_id = k.id LIMIT %5$s) p LIMIT %5$s)
        ) hits ON hits.id = c.id
        WHERE c.deleted_at IS NULL AND c.id <> ALL ($1)
        ORDER BY c.last_seen_at DESC, c.id DESC LIMIT %6$s',
        ws, card, address, company, greatest(most, 200), most - cardinality(found)) USING found, near;
END
$$;
"""
BACKWARD = r"""
DROP INDEX contacts_by_phone_at_home;
DROP INDEX contact_words;
CREATE INDEX contact_words ON contacts_contact
    USING gin (workspace_id, lower(name || ' ' || email || ' ' || phone || ' ' || phone_key) gin_trgm_ops);
DROP FUNCTION public.contacts_national(text);
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0017_company_properties")]

    operations = [
        migrations.RunSQL(INDEXES, BACKWARD),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("workspace"),
                Reverse("phone_key"),
                condition=~models.Q(phone_key=""),
                name="contacts_by_phone_end",
            ),
        ),
        migrations.RunSQL(FIND, import_module("contacts.migrations.0012_find_by_start").FORWARD),
    ]
