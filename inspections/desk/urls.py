"""The addresses of the pages that look across rooms, under /office/."""

from django.urls import path

from inspections.desk import plan_views, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("plans/<int:pk>/simulator/", plan_views.simulator, name="plan-simulator"),
    path("inspectors/workload/", views.workload, name="workload"),
]
