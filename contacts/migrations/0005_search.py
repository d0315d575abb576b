from django.db import migrations

# A row policy keeps PostgreSQL from using a trigram index (LIKE is not leakproof). The owner may read these tables
# whole, and lends that to one function, which asks for the workspace it is called for and for nothing else.
FORWARD = r"""
CREATE POLICY owner_search ON contacts_contact FOR SELECT TO parley_owner USING (true);
CREATE POLICY owner_search ON contacts_contactaddress FOR SELECT TO parley_owner USING (true);
CREATE POLICY owner_search ON contacts_company FOR SELECT TO parley_owner USING (true);

CREATE INDEX contact_words ON contacts_contact
    USING gin (workspace_id, lower(name || ' ' || email || ' ' || phone) gin_trgm_ops);
CREATE INDEX contact_address_words ON contacts_contactaddress USING gin (workspace_id, lower(value) gin_trgm_ops);
CREATE INDEX company_words ON contacts_company USING gin (workspace_id, lower(name) gin_trgm_ops);

CREATE FUNCTION public.contacts_find(ws bigint, words text[], most int) RETURNS SETOF bigint
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
        card := card || ' AND lower(name || '' '' || email || '' '' || phone) LIKE ' || pattern;
        address := address || ' AND lower(value) LIKE ' || pattern;
        company := company || ' AND lower(k.name) LIKE ' || pattern;
    END LOOP;
    RETURN QUERY EXECUTE format(
        'SELECT c.id FROM contacts_contact c JOIN (
            (SELECT id FROM contacts_contact WHERE workspace_id = %1$s %2$s LIMIT 200)
            UNION (SELECT contact_id FROM contacts_contactaddress WHERE workspace_id = %1$s %3$s LIMIT 200)
            UNION (SELECT p.id FROM contacts_company k JOIN contacts_contact p ON p.company_id = k.id
                   WHERE k.workspace_id = %1$s %4$s LIMIT 200)
        ) hits ON hits.id = c.id
        ORDER BY (lower(c.name) LIKE %5$s) DESC, lower(c.name), c.id LIMIT %6$s',
        ws, card, address, company,
        quote_literal(replace(replace(replace(words[1], '\', '\\'), '%', '\%'), '_', '\_') || '%'), most);
END
$$;
REVOKE ALL ON FUNCTION public.contacts_find(bigint, text[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.contacts_find(bigint, text[], int) TO parley_app;
"""
BACKWARD = """
DROP FUNCTION public.contacts_find(bigint, text[], int);
DROP INDEX company_words;
DROP INDEX contact_address_words;
DROP INDEX contact_words;
DROP POLICY owner_search ON contacts_company;
DROP POLICY owner_search ON contacts_contactaddress;
DROP POLICY owner_search ON contacts_contact;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_card_and_merge")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
