import django.utils.timezone
from django.db import migrations, models
from django.db.models.functions import Now

# When a card was last changed, for programs that keep a copy. Whatever writes it (a page, an import, a merge in bulk)
# goes by here; a clock that is read late comes late, so that who reads along misses less.
TOUCHED = """
CREATE FUNCTION public.contacts_touched() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    -- A row that was loaded before the last change must not take its moment back.
    NEW.updated_at := greatest(NEW.updated_at, OLD.updated_at);
    IF TG_TABLE_NAME = 'contacts_company' THEN
        IF (NEW.name, NEW.domain, NEW.custom) IS DISTINCT FROM (OLD.name, OLD.domain, OLD.custom) THEN
            NEW.updated_at := clock_timestamp();
        END IF;
    ELSIF (NEW.name, NEW.email, NEW.phone, NEW.job_title, NEW.company_id, NEW.language, NEW.time_zone, NEW.city,
           NEW.owner_id, NEW.custom, NEW.blocked_at, NEW.deleted_at)
        IS DISTINCT FROM (OLD.name, OLD.email, OLD.phone, OLD.job_title, OLD.company_id, OLD.language, OLD.time_zone,
                          OLD.city, OLD.owner_id, OLD.custom, OLD.blocked_at, OLD.deleted_at) THEN
        NEW.updated_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER contacts_touched BEFORE UPDATE OF name, email, phone, job_title, company_id, language, time_zone, city,
    owner_id, custom, blocked_at, deleted_at, updated_at ON public.contacts_contact
    FOR EACH ROW EXECUTE FUNCTION public.contacts_touched();
CREATE TRIGGER companies_touched BEFORE UPDATE OF name, domain, custom, updated_at ON public.contacts_company
    FOR EACH ROW EXECUTE FUNCTION public.contacts_touched();
"""
UNTOUCHED = """
DROP TRIGGER companies_touched ON public.contacts_company;
DROP TRIGGER contacts_touched ON public.contacts_contact;
DROP FUNCTION public.contacts_touched();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0018_find_numbers")]

    operations = [
        migrations.AddField(
            "contact",
            "updated_at",
            models.DateTimeField(db_default=Now(), default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            "company",
            "updated_at",
            models.DateTimeField(db_default=Now(), default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            "contactjob",
            "about",
            models.CharField(
                choices=[
                    ("contact", "Contact"),
                    ("company", "Company"),
                    ("conversation", "Conversation"),
                    ("ticket", "Ticket"),
                ],
                db_default="contact",
                default="contact",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            "contact", models.Index(fields=["workspace", "updated_at", "id"], name="contacts_by_change")
        ),
        migrations.AddIndex(
            "company", models.Index(fields=["workspace", "updated_at", "id"], name="companies_by_change")
        ),
        migrations.AddIndex(
            "propertychange", models.Index(fields=["workspace", "at"], name="changes_by_time")
        ),
        migrations.RunSQL(TOUCHED, UNTOUCHED),
    ]
