"""The addresses of the second factor."""

from django.urls import path

from registries.people.factors import views

urlpatterns = [
    path("sign-in/code/", views.second_step, name="sign-in-code"),
    path("second-factor/", views.own_factor, name="own-factor"),
    path("second-factor/set-up/", views.set_up, name="factor-set-up"),
    path("second-factor/recovery-codes/", views.renew_recovery, name="recovery-codes"),
    path("second-factor/off/", views.drop, name="factor-off"),
    path("accounts/<int:pk>/second-factor/clear/", views.clear, name="factor-clear"),
]
