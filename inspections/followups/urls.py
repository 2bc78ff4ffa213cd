"""The addresses of follow-ups, under /office/."""

from django.urls import path

from inspections.followups import views

urlpatterns = [
    path("followups/", views.followup_list, name="followup-list"),
    path("followups/<int:pk>/", views.followup_page, name="followup"),
    path("cases/<str:number>/followups/new/", views.followup_new, name="followup-new"),
    path("cases/<str:number>/waive/", views.waive, name="followup-waive"),
    path("cases/<str:number>/crime/", views.flag, name="followup-flag"),
    path("cases/<str:number>/close/", views.close, name="case-close"),
]
