"""The addresses of signing in, accounts and units."""

from django.urls import path, re_path

from registries.people import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("password/", views.own_password, name="own-password"),
    path("accounts/", views.account_list, name="account-list"),
    path("accounts/new/", views.account_new, name="account-new"),
    path("accounts/<int:pk>/", views.account, name="account"),
    path("accounts/<int:pk>/change/", views.account_change, name="account-change"),
    path("accounts/<int:pk>/password/", views.account_password, name="account-password"),
    re_path(r"^accounts/(?P<pk>[0-9]+)/(?P<to>disable|enable)/\Z", views.account_switch, name="account-switch"),
    re_path(r"^accounts/(?P<pk>[0-9]+)/roles/(?P<to>grant|revoke)/\Z", views.account_role, name="account-role"),
    path("units/", views.unit_list, name="unit-list"),
    path("units/new/", views.unit_form, name="unit-new"),
    path("units/<int:pk>/", views.unit_form, name="unit-change"),
]
