"""The address of exports."""

from django.urls import path

from registries.exports import views

urlpatterns = [path("exports/<slug:kind>.<slug:form>", views.export, name="export")]
