"""The addresses of the holiday table."""

from django.urls import path

from registries.holidays import views

urlpatterns = [
    path("holidays/", views.holiday_list, name="holiday-list"),
    path("holidays/<int:year>/", views.holiday_year, name="holiday-year"),
    path("holidays/<int:year>/edit/", views.holiday_form, name="holiday-edit"),
]
