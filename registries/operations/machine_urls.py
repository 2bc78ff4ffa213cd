"""The addresses that machines ask: monitoring, the balancer in front, Prometheus."""

from django.urls import path

from registries.operations import views

urlpatterns = [
    path("livez", views.alive, name="livez"),
    path("healthz", views.health, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
]
