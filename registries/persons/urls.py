"""The addresses for finding people and for reports about them."""

from django.urls import path

from registries.persons import views

urlpatterns = [
    path("persons/", views.person_find, name="person-find"),
    path("persons/report/", views.person_report, name="person-report"),
]
