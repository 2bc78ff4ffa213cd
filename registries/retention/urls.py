"""The address of the table of retention."""

from django.urls import path

from registries.retention import views

urlpatterns = [path("retention/", views.retention, name="retention")]
