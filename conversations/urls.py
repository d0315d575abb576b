from django.urls import path

from conversations import views

app_name = "conversations"

urlpatterns = [
    path("inbox/", views.first_view, name="home"),
    path("inbox/<slug:view>/", views.inbox, name="inbox"),
    path("inbox/<slug:view>/<int:pk>/", views.show, name="show"),
    path("conversations/<int:pk>/", views.open_conversation, name="open"),
    path("conversations/<int:pk>/sidebar/", views.sidebar, name="sidebar"),
    path("conversations/<int:pk>/past/", views.past, name="past"),
    path("conversations/<int:pk>/contact/", views.contact, name="contact"),
    path("conversations/<int:pk>/block/", views.block, name="block"),
    path("conversations/<int:pk>/row/", views.row, name="row"),
    path("conversations/<int:pk>/replies/", views.reply, name="reply"),
    path("conversations/<int:pk>/files/", views.upload, name="upload"),
    path("files/<uuid:key>/", views.file, name="file"),
    path("files/<uuid:key>/thumb/", views.thumb, name="thumb"),
    path("files/<uuid:key>/discard/", views.discard, name="discard"),
    path("conversations/<int:pk>/spam/", views.spam, name="spam"),
    path("conversations/<int:pk>/kept/", views.keep, name="keep"),
    path("conversations/<int:pk>/snooze/", views.snooze, name="snooze"),
    path("conversations/<int:pk>/place/", views.move, name="move"),
    path("conversations/<int:pk>/trash/", views.trash, name="trash"),
    path("conversations/<int:pk>/following/", views.follow, name="follow"),
    path("conversations/<int:pk>/unread/", views.unread, name="unread"),
    path("conversations/<int:pk>/labels/", views.label, name="label"),
    path("conversations/<int:pk>/merge/", views.merge, name="merge"),
    path("conversations/<int:pk>/part/", views.part, name="part"),
    path("conversations/<int:pk>/choices/<slug:what>/", views.choices, name="choices"),
    path("conversations/<int:pk>/messages/<int:message_pk>/split/", views.split, name="split"),
    path("conversations/<int:pk>/messages/<int:message_pk>/redact/", views.redact, name="redact"),
    path(
        "conversations/<int:pk>/comments/<int:comment_pk>/redact/", views.redact_comment, name="redact_comment"
    ),
    path("files/<uuid:key>/redact/", views.redact_file, name="redact_file"),
    path("people/", views.people, name="people"),
    path("compose/", views.compose, name="compose"),
    path("compose/files/", views.compose_upload, name="compose_upload"),
    path("conversations/<int:pk>/held/<int:held_pk>/back/", views.take_back, name="take_back"),
    path("conversations/<int:pk>/held/<int:held_pk>/now/", views.send_now, name="send_now"),
    path("conversations/<int:pk>/comments/", views.comment, name="comment"),
    path("conversations/<int:pk>/assignment/", views.assignment, name="assignment"),
    path("conversations/<int:pk>/status/", views.status, name="status"),
    path("conversations/<int:pk>/draft/", views.draft, name="draft"),
    path("conversations/<int:pk>/read/", views.read, name="read"),
    path("conversations/<int:pk>/messages/<int:message_pk>/again/", views.again, name="again"),
]
