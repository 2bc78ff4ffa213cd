"""The address of the operations page in the office; those for machines stand at the top (``machine_urls``)."""

from django.urls import path

from registries.operations import views

urlpatterns = [path("operation/", views.operation, name="office-operation")]
