"""The addresses of signing in, accounts and units."""

from django.urls import path, re_path

from registries.people import own_views, security_views, views

urlpatterns = [
    path("sign-in/", own_views.sign_in, name="sign-in"),
    path("sign-out/", own_views.sign_out, name="sign-out"),
    path("account/", own_views.own_account, name="own-account"),
    path("here/", own_views.here, name="here"),
    path("account/end/", own_views.end_sessions, name="own-sessions-end"),
    path("alarms/", security_views.alarms, name="alarms"),
    path("alarms/<int:pk>/", security_views.alarm_note, name="alarm-note"),
    path("resets/", security_views.resets, name="resets"),
    re_path(r"^resets/(?P<pk>[0-9]+)/(?P<to>confirm|refuse)/\Z", security_views.reset_decide, name="reset-decide"),
    path("accounts/<int:pk>/reset/", security_views.reset_ask, name="reset-ask"),
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
