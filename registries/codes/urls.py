"""The addresses of the code tables."""

from django.urls import path

from registries.codes import views

urlpatterns = [
    path("codes/", views.code_list, name="code-list"),
    path("codes/<slug:table>/", views.code_list, name="code-table"),
    path("codes/<slug:table>/new/", views.code_form, name="code-new"),
    path("codes/<slug:table>/<int:pk>/", views.code_form, name="code-change"),
]
