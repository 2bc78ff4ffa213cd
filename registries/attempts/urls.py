"""The address of held work in the office."""

from django.urls import path

from registries.attempts import views

urlpatterns = [path("held-work/", views.held_work, name="held-work")]
