"""The addresses of the ledger in the office."""

from django.urls import path

from registries.ledger import views

urlpatterns = [
    path("ledger/", views.ledger, name="office-ledger"),
    path("ledger/verify/", views.ledger_verify, name="office-ledger-verify"),
    path("history/<str:label>/<int:pk>/", views.object_history, name="history"),
]
