"""The address of the desk, under /office/."""

from django.urls import path

from inspections.desk import views

urlpatterns = [path("", views.desk, name="desk")]
