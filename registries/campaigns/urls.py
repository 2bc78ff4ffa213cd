"""The addresses of the yearly review."""

from django.urls import path

from registries.campaigns import views

urlpatterns = [
    path("subjects/reviews/", views.campaign_list, name="campaign-list"),
    path("subjects/reviews/new/", views.campaign_new, name="campaign-new"),
    path("subjects/reviews/<int:year>/", views.campaign, name="campaign"),
    path("subjects/reviews/<int:year>/end/", views.campaign_end, name="campaign-end"),
]
