"""The addresses of messages, under /office/; a calendar's program cannot sign in, so its secret is its key."""

from django.urls import path

from inspections.messages import views

urlpatterns = [
    path("messages/", views.message_list, name="message-list"),
    path("messages/read/", views.message_read_all, name="message-read-all"),
    path("messages/wishes/", views.message_wishes, name="message-wishes"),
    path("messages/<int:pk>/", views.message_open, name="message-open"),
    path("messages/calendar/renew/", views.calendar_renew, name="calendar-renew"),
    path("messages/calendar/revoke/", views.calendar_revoke, name="calendar-revoke"),
    path("calendar/<slug:secret>.ics", views.calendar, name="calendar"),
]
