"""The addresses of the inspector registry."""

from django.urls import path

from registries.inspectors import views

urlpatterns = [
    path("inspectors/", views.inspector_list, name="inspector-list"),
    path("inspectors/<str:number>/", views.inspector, name="inspector"),
    path("accounts/inspectors/", views.link_list, name="inspector-accounts"),
    path("accounts/inspectors/<str:number>/", views.link, name="inspector-account"),
]
