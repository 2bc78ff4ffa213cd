"""The addresses of the subject registry."""

from django.urls import path

from registries.subjects import views

urlpatterns = [
    path("subjects/", views.subject_list, name="subject-list"),
    path("subjects/<str:key>/", views.subject, name="subject"),
    path("subjects/<str:key>/change/", views.subject_change, name="subject-change"),
    path("subjects/<str:key>/verify/", views.subject_verify, name="subject-verify"),
    path("categories/", views.category_list, name="category-list"),
    path("categories/new/", views.category_form, name="category-new"),
    path("categories/<int:pk>/", views.category_form, name="category-change"),
]
