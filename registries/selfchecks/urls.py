"""The address of the self-checks in the office."""

from django.urls import path

from registries.selfchecks import views

urlpatterns = [path("ledger/self-check/", views.self_check, name="office-self-check")]
