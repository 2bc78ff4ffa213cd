"""The addresses of comparisons."""

from django.urls import path

from registries.comparisons import views

urlpatterns = [
    path("subjects/comparisons/", views.comparison_list, name="comparison-list"),
    path("subjects/comparisons/new/", views.comparison_new, name="comparison-new"),
    path("subjects/comparisons/<int:pk>/", views.comparison, name="comparison"),
]
