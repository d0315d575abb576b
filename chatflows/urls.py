from django.urls import path

from chatflows.views import articles, builder, exchange, install, languages, settings, trying, versions
from chatflows.views import list as flows

app_name = "chatflows"

urlpatterns = [
    path("chatflows/", flows.flows, name="list"),
    path("chatflows/new/", flows.new, name="new"),
    path("chatflows/try/", flows.attempt, name="try"),
    path("chatflows/fall-through/", flows.fall_through, name="fall_through"),
    path("chatflows/<int:flow_pk>/place/", flows.place, name="place"),
    path("chatflows/<int:flow_pk>/switch/", flows.switch, name="switch"),
    path("chatflows/<int:flow_pk>/archive/", flows.archive, name="archive"),
    path("chatflows/<int:flow_pk>/clone/", flows.clone, name="clone"),
    path("chatflows/<int:flow_pk>/rename/", flows.rename, name="rename"),
    path("chatflows/<int:flow_pk>/primary/", flows.primary, name="primary"),
    path("chatflows/<int:flow_pk>/publish/", flows.publish, name="publish"),
    path("chatflows/<int:flow_pk>/discard/", versions.discard, name="discard"),
    path("chatflows/<int:flow_pk>/target/", settings.target, name="target"),
    path("chatflows/<int:flow_pk>/display/", settings.display, name="display"),
    path("chatflows/<int:flow_pk>/options/", settings.options, name="options"),
    path("chatflows/<int:flow_pk>/versions/", versions.versions, name="versions"),
    path("chatflows/<int:flow_pk>/versions/<int:number>/restore/", versions.restore, name="restore"),
    path("chatflows/<int:flow_pk>/trial/", versions.trial, name="trial"),
    path("chatflows/schema.json", exchange.schema, name="schema"),
    path("chatflows/<int:flow_pk>/build/", builder.builder, name="builder"),
    path("chatflows/<int:flow_pk>/draft/", builder.draft, name="draft"),
    path("chatflows/<int:flow_pk>/steps/", builder.step_new, name="step_new"),
    path("chatflows/<int:flow_pk>/steps/<slug:step_id>/", builder.step, name="step"),
    path("chatflows/<int:flow_pk>/steps/<slug:step_id>/place/", builder.step_place, name="step_place"),
    path("chatflows/<int:flow_pk>/steps/<slug:step_id>/removal/", builder.step_removal, name="step_removal"),
    path("chatflows/<int:flow_pk>/preview/", trying.preview, name="preview"),
    path("chatflows/<int:flow_pk>/simulator/", trying.simulator, name="simulator"),
    path("chatflows/<int:flow_pk>/languages/", languages.languages, name="languages"),
    path("chatflows/<int:flow_pk>/export/", exchange.export_flow, name="export"),
    path("chatflows/<int:flow_pk>/import/", exchange.import_flow, name="import"),
    path("settings/chats/<int:channel_pk>/install/", install.install, name="install"),
    path("settings/chats/<int:channel_pk>/install/check/", install.install_check, name="install_check"),
    path("settings/chats/<int:channel_pk>/identity/", install.identity_secrets, name="identity_secrets"),
    path(
        "settings/chats/<int:channel_pk>/identity/<int:secret_pk>/",
        install.identity_secret,
        name="identity_secret",
    ),
    path("settings/articles/", articles.articles, name="articles"),
    path("settings/articles/new/", articles.new_article, name="new_article"),
    path("settings/articles/<int:article_pk>/", articles.article, name="article"),
    path("settings/articles/<int:article_pk>/removal/", articles.article_removal, name="article_removal"),
]
