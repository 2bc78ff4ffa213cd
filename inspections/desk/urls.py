"""The addresses of the pages that look across rooms, under /office/."""

from django.urls import path

from inspections.desk import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("inspectors/workload/", views.workload, name="workload"),
]
