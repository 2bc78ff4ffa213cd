"""The addresses of what people keep for lists."""

from django.urls import path

from registries.lists import views

urlpatterns = [
    path("lists/<str:code>/save/", views.list_save, name="list-save"),
    path("lists/<str:code>/columns/", views.list_columns, name="list-columns"),
    path("lists/<str:code>/forget/<int:pk>/", views.list_forget, name="list-forget"),
]
