"""The office addresses of disclosures."""

from django.urls import path

from publicity.disclosures import views

urlpatterns = [
    path("cases/<str:number>/hold/", views.hold_ask, name="hold-ask"),
    path("followups/<int:pk>/disclose/", views.penalty_publish, name="penalty-publish"),
    path("disclosures/failing/", views.failure_list, name="disclosure-failures"),
]
