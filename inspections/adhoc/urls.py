"""The addresses of ad-hoc requests, under /office/."""

from django.urls import path

from inspections.adhoc import handed, views

urlpatterns = [
    path("plans/<int:pk>/items/<int:item_pk>/ask/", handed.ask_for_all, name="plan-task-ask"),
    path("adhoc/", views.request_list, name="adhoc-list"),
    path("adhoc/new/", views.request_new, name="adhoc-new"),
    path("adhoc/<int:pk>/", views.request_page, name="adhoc-page"),
    path("adhoc/<int:pk>/document/", views.document, name="adhoc-document"),
]
