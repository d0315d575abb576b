from django.db import migrations

# Triggers, so that every way of writing is covered, raw SQL included. New rows come by the statement, many at once;
# changes by the row, and only when what can be found has changed: a delivery tick costs nothing.
WORDS = """
CREATE FUNCTION public.search_words(config regconfig, subject text, who text, whom text, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN subject = '' THEN ''::tsvector ELSE setweight(
               to_tsvector('public.parley_simple'::regconfig, subject) || to_tsvector(config, subject), 'A') END
        || CASE WHEN who = '' THEN ''::tsvector ELSE setweight(to_tsvector('public.parley_simple'::regconfig, who), 'B') END
        || CASE WHEN whom = '' THEN ''::tsvector ELSE setweight(to_tsvector('public.parley_simple'::regconfig, whom), 'C') END
        || CASE WHEN body = '' THEN ''::tsvector ELSE to_tsvector('public.parley_simple'::regconfig, left(body, 50000))
               || to_tsvector(config, left(body, 50000)) END
$$;

-- An address is found whole and by its parts; so is a file's name.
CREATE FUNCTION public.search_parts(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT $1 || ' ' || translate($1, '@._-+/', '      ')
$$;

-- The dictionary of the workspace whose scope is open.
CREATE FUNCTION public.search_language() RETURNS regconfig LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT public.search_config(w.language) FROM public.workspaces_workspace w
         WHERE w.id = nullif(current_setting('parley.workspace', true), '')::bigint),
        'public.parley_simple'::regconfig)
$$;

-- What a mail's head and a form say stands in JSON: only the values are words, the keys would be in all of them.
CREATE FUNCTION public.search_of_extra(extra jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN extra = '{}' THEN ''::tsvector ELSE
        setweight(jsonb_to_tsvector('public.parley_simple'::regconfig,
            jsonb_build_array(extra #> '{mail,from}'), '["string"]'), 'B')
        || setweight(jsonb_to_tsvector('public.parley_simple'::regconfig, jsonb_build_array(
            extra -> 'to', extra -> 'cc', extra #> '{mail,to}', extra #> '{mail,cc}'), '["string"]'), 'C')
        || jsonb_to_tsvector('public.parley_simple'::regconfig, jsonb_build_array(extra -> 'answers'), '["string"]')
    END
$$;
CREATE FUNCTION public.search_of_message(config regconfig, m public.conversations_message) RETURNS tsvector
LANGUAGE sql IMMUTABLE AS $$
    SELECT public.search_words(config, m.subject, m.author_name, '', m.body) || public.search_of_extra(m.extra)
$$;
CREATE FUNCTION public.search_of_comment(config regconfig, c public.conversations_comment) RETURNS tsvector
LANGUAGE sql IMMUTABLE AS $$ SELECT public.search_words(config, '', c.author_name, '', c.body) $$;
CREATE FUNCTION public.search_of_participant(p public.conversations_participant) RETURNS tsvector
LANGUAGE sql IMMUTABLE AS $$
    SELECT public.search_words('public.parley_simple', '', '', p.name || ' ' || public.search_parts(p.address), '')
$$;
CREATE FUNCTION public.search_of_conversation(config regconfig, c public.conversations_conversation, email text)
RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT public.search_words(config, c.subject,
        c.contact_name || ' ' || c.contact_org || ' ' || public.search_parts(coalesce(email, '')), '', '')
$$;
CREATE FUNCTION public.search_of_file(name text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT public.search_words('public.parley_simple', '', '', '', public.search_parts(name))
$$;
"""

NEW = """
CREATE FUNCTION public.search_new_messages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE config regconfig := public.search_language();
BEGIN
    INSERT INTO public.search_entry (workspace_id, conversation_id, kind, source_id, created_at, tsv)
    SELECT n.workspace_id, n.conversation_id, 1, n.id, n.created_at, public.search_of_message(config, n)
    FROM fresh n WHERE n.kind = 'message' ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.search_new_comments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE config regconfig := public.search_language();
BEGIN
    INSERT INTO public.search_entry (workspace_id, conversation_id, kind, source_id, created_at, tsv)
    SELECT n.workspace_id, n.conversation_id, 2, n.id, n.created_at, public.search_of_comment(config, n)
    FROM fresh n ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.search_new_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.search_entry (workspace_id, conversation_id, kind, source_id, created_at, tsv)
    SELECT n.workspace_id, coalesce(m.conversation_id, c.conversation_id), 3, n.id, coalesce(m.created_at, c.created_at),
        public.search_of_file(n.name)
    FROM fresh n LEFT JOIN public.conversations_message m ON m.id = n.message_id
    LEFT JOIN public.conversations_comment c ON c.id = n.comment_id
    WHERE m.id IS NOT NULL OR c.id IS NOT NULL ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.search_new_participants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.search_entry (workspace_id, conversation_id, kind, source_id, created_at, tsv)
    SELECT n.workspace_id, n.conversation_id, 4, n.id, n.created_at, public.search_of_participant(n)
    FROM fresh n ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.search_new_conversations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE config regconfig := public.search_language();
BEGIN
    INSERT INTO public.search_entry (workspace_id, conversation_id, kind, source_id, created_at, tsv)
    SELECT n.workspace_id, n.id, 5, n.id, n.created_at, public.search_of_conversation(config, n, k.email)
    FROM fresh n LEFT JOIN public.contacts_contact k ON k.id = n.contact_id ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER search_new AFTER INSERT ON public.conversations_message
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.search_new_messages();
CREATE TRIGGER search_new AFTER INSERT ON public.conversations_comment
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.search_new_comments();
CREATE TRIGGER search_new AFTER INSERT ON public.conversations_attachment
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.search_new_files();
CREATE TRIGGER search_new AFTER INSERT ON public.conversations_participant
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.search_new_participants();
CREATE TRIGGER search_new AFTER INSERT ON public.conversations_conversation
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.search_new_conversations();
"""

GONE = """
CREATE FUNCTION public.search_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM public.search_entry e USING gone g
    WHERE e.conversation_id = g.conversation_id AND e.kind = TG_ARGV[0]::smallint AND e.source_id = g.id
      AND e.created_at = g.created_at;
    RETURN NULL;
END
$$;
-- Everything that is found under a conversation goes with it.
CREATE FUNCTION public.search_gone_conversations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM public.search_entry e USING gone g WHERE e.conversation_id = g.id;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.search_gone_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM public.search_entry e USING gone g
    LEFT JOIN public.conversations_message m ON m.id = g.message_id
    LEFT JOIN public.conversations_comment c ON c.id = g.comment_id
    WHERE e.conversation_id = coalesce(m.conversation_id, c.conversation_id) AND e.kind = 3 AND e.source_id = g.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER search_gone AFTER DELETE ON public.conversations_message
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.search_gone(1);
CREATE TRIGGER search_gone AFTER DELETE ON public.conversations_comment
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.search_gone(2);
CREATE TRIGGER search_gone AFTER DELETE ON public.conversations_attachment
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.search_gone_files();
CREATE TRIGGER search_gone AFTER DELETE ON public.conversations_participant
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.search_gone(4);
CREATE TRIGGER search_gone AFTER DELETE ON public.conversations_conversation
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.search_gone_conversations();
"""

CHANGED = """
CREATE FUNCTION public.search_put(
    workspace bigint, conversation bigint, what smallint, source bigint, moment timestamptz, words tsvector)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.search_entry (workspace_id, conversation_id, kind, source_id, created_at, tsv)
    VALUES (workspace, conversation, what, source, moment, words) ON CONFLICT DO NOTHING
$$;
CREATE FUNCTION public.search_drop(conversation bigint, what smallint, source bigint) RETURNS void LANGUAGE sql AS $$
    DELETE FROM public.search_entry WHERE conversation_id = conversation AND kind = what AND source_id = source
$$;

CREATE FUNCTION public.search_changed_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.search_drop(OLD.conversation_id, 1::smallint, OLD.id);
    IF NEW.kind = 'message' THEN
        PERFORM public.search_put(NEW.workspace_id, NEW.conversation_id, 1::smallint, NEW.id, NEW.created_at,
            public.search_of_message(public.search_language(), NEW));
    END IF;
    IF OLD.conversation_id <> NEW.conversation_id OR OLD.created_at <> NEW.created_at THEN
        PERFORM public.search_drop(OLD.conversation_id, 3::smallint, f.id),
            public.search_put(NEW.workspace_id, NEW.conversation_id, 3::smallint, f.id, NEW.created_at,
                public.search_of_file(f.name))
        FROM public.conversations_attachment f WHERE f.message_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.search_changed_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.search_drop(OLD.conversation_id, 2::smallint, OLD.id);
    PERFORM public.search_put(NEW.workspace_id, NEW.conversation_id, 2::smallint, NEW.id, NEW.created_at,
        public.search_of_comment(public.search_language(), NEW));
    RETURN NULL;
END
$$;
CREATE FUNCTION public.search_changed_participant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.search_drop(OLD.conversation_id, 4::smallint, OLD.id);
    PERFORM public.search_put(NEW.workspace_id, NEW.conversation_id, 4::smallint, NEW.id, NEW.created_at,
        public.search_of_participant(NEW));
    RETURN NULL;
END
$$;
CREATE FUNCTION public.search_changed_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.search_drop(NEW.id, 5::smallint, NEW.id);
    PERFORM public.search_put(NEW.workspace_id, NEW.id, 5::smallint, NEW.id, NEW.created_at,
        public.search_of_conversation(public.search_language(), NEW,
            (SELECT k.email FROM public.contacts_contact k WHERE k.id = NEW.contact_id)));
    RETURN NULL;
END
$$;
CREATE FUNCTION public.search_changed_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.search_drop(c.id, 5::smallint, c.id),
        public.search_put(c.workspace_id, c.id, 5::smallint, c.id, c.created_at,
            public.search_of_conversation(public.search_language(), c, NEW.email))
    FROM public.conversations_conversation c WHERE c.contact_id = NEW.id;
    RETURN NULL;
END
$$;
-- A file is found from the moment a message or a comment claims it.
CREATE FUNCTION public.search_changed_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.search_drop(m.conversation_id, 3::smallint, OLD.id)
    FROM public.conversations_message m WHERE m.id = OLD.message_id;
    PERFORM public.search_drop(c.conversation_id, 3::smallint, OLD.id)
    FROM public.conversations_comment c WHERE c.id = OLD.comment_id;
    PERFORM public.search_put(m.workspace_id, m.conversation_id, 3::smallint, NEW.id, m.created_at,
        public.search_of_file(NEW.name))
    FROM public.conversations_message m WHERE m.id = NEW.message_id;
    PERFORM public.search_put(c.workspace_id, c.conversation_id, 3::smallint, NEW.id, c.created_at,
        public.search_of_file(NEW.name))
    FROM public.conversations_comment c WHERE c.id = NEW.comment_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER search_changed AFTER UPDATE ON public.conversations_message FOR EACH ROW
WHEN (ROW(OLD.body, OLD.subject, OLD.author_name, OLD.conversation_id, OLD.created_at, OLD.kind, OLD.extra)
      IS DISTINCT FROM ROW(NEW.body, NEW.subject, NEW.author_name, NEW.conversation_id, NEW.created_at, NEW.kind, NEW.extra))
EXECUTE FUNCTION public.search_changed_message();
CREATE TRIGGER search_changed AFTER UPDATE ON public.conversations_comment FOR EACH ROW
WHEN (ROW(OLD.body, OLD.author_name, OLD.conversation_id, OLD.created_at)
      IS DISTINCT FROM ROW(NEW.body, NEW.author_name, NEW.conversation_id, NEW.created_at))
EXECUTE FUNCTION public.search_changed_comment();
CREATE TRIGGER search_changed AFTER UPDATE ON public.conversations_attachment FOR EACH ROW
WHEN (ROW(OLD.name, OLD.message_id, OLD.comment_id) IS DISTINCT FROM ROW(NEW.name, NEW.message_id, NEW.comment_id))
EXECUTE FUNCTION public.search_changed_file();
CREATE TRIGGER search_changed AFTER UPDATE ON public.conversations_participant FOR EACH ROW
WHEN (ROW(OLD.name, OLD.address, OLD.conversation_id, OLD.created_at)
      IS DISTINCT FROM ROW(NEW.name, NEW.address, NEW.conversation_id, NEW.created_at))
EXECUTE FUNCTION public.search_changed_participant();
CREATE TRIGGER search_changed AFTER UPDATE ON public.conversations_conversation FOR EACH ROW
WHEN (ROW(OLD.subject, OLD.contact_name, OLD.contact_org, OLD.contact_id, OLD.created_at)
      IS DISTINCT FROM ROW(NEW.subject, NEW.contact_name, NEW.contact_org, NEW.contact_id, NEW.created_at))
EXECUTE FUNCTION public.search_changed_conversation();
CREATE TRIGGER search_changed AFTER UPDATE ON public.contacts_contact FOR EACH ROW
WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION public.search_changed_contact();
"""

# Months for what stands and for the next three; then what stands, one workspace at a time: the policies bind us too.
FILL = """
DO $$
DECLARE
    house record;
    moment timestamptz;
    config regconfig;
    first timestamptz := now();
    at timestamptz;
BEGIN
    FOR house IN SELECT id FROM public.workspaces_workspace LOOP
        PERFORM set_config('parley.workspace', house.id::text, true);
        SELECT least(first, (SELECT min(created_at) FROM public.conversations_message),
            (SELECT min(created_at) FROM public.conversations_conversation)) INTO first;
    END LOOP;
    moment := greatest(first, now() - interval '10 years');
    WHILE date_trunc('month', moment, 'UTC') <= now() + interval '3 months' LOOP
        PERFORM public.search_make_partition(moment);
        moment := date_trunc('month', moment, 'UTC') + interval '1 month';
    END LOOP;
    FOR house IN SELECT id FROM public.workspaces_workspace ORDER BY id LOOP
        PERFORM set_config('parley.workspace', house.id::text, true);
        config := public.search_language();
        INSERT INTO public.search_entry (workspace_id, conversation_id, kind, source_id, created_at, tsv)
        SELECT m.workspace_id, m.conversation_id, 1, m.id, m.created_at, public.search_of_message(config, m)
        FROM public.conversations_message m WHERE m.kind = 'message'
        UNION ALL
        SELECT c.workspace_id, c.conversation_id, 2, c.id, c.created_at, public.search_of_comment(config, c)
        FROM public.conversations_comment c
        UNION ALL
        SELECT f.workspace_id, m.conversation_id, 3, f.id, m.created_at, public.search_of_file(f.name)
        FROM public.conversations_attachment f JOIN public.conversations_message m ON m.id = f.message_id
        UNION ALL
        SELECT f.workspace_id, c.conversation_id, 3, f.id, c.created_at, public.search_of_file(f.name)
        FROM public.conversations_attachment f JOIN public.conversations_comment c ON c.id = f.comment_id
        UNION ALL
        SELECT p.workspace_id, p.conversation_id, 4, p.id, p.created_at, public.search_of_participant(p)
        FROM public.conversations_participant p
        UNION ALL
        SELECT c.workspace_id, c.id, 5, c.id, c.created_at, public.search_of_conversation(config, c, k.email)
        FROM public.conversations_conversation c LEFT JOIN public.contacts_contact k ON k.id = c.contact_id;
    END LOOP;
    PERFORM set_config('parley.workspace', '', true);
END
$$;
"""

BACKWARD = """
DO $$
DECLARE pair text;
BEGIN
    FOREACH pair IN ARRAY ARRAY['message', 'comment', 'attachment', 'participant', 'conversation'] LOOP
        EXECUTE format('DROP TRIGGER search_new ON public.%I', 'conversations_' || pair);
        EXECUTE format('DROP TRIGGER search_gone ON public.%I', 'conversations_' || pair);
        EXECUTE format('DROP TRIGGER search_changed ON public.%I', 'conversations_' || pair);
    END LOOP;
    DROP TRIGGER search_changed ON public.contacts_contact;
    FOR pair IN SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p
                WHERE p.pronamespace = 'public'::regnamespace
                  AND p.proname ~ '^search_(new_|gone|changed_|put$|drop$|of_|words$|parts$|language$)'
    LOOP
        EXECUTE format('DROP FUNCTION %s', pair);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_asking"),
        ("conversations", "0005_mail"),
        ("contacts", "0003_mail"),
        ("inboxes", "0003_mail"),
    ]

    operations = [
        migrations.RunSQL(WORDS + NEW + GONE + CHANGED, BACKWARD),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
