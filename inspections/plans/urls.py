"""The addresses of plans."""

from django.urls import path

from inspections.plans import views

urlpatterns = [
    path("plans/", views.plan_list, name="plan-list"),
    path("plans/new/", views.plan_new, name="plan-new"),
    path("plans/<int:pk>/", views.plan, name="plan"),
    path("plans/<int:pk>/submit/", views.plan_submit, name="plan-submit"),
    path("plans/<int:pk>/items/new/", views.item_form, name="plan-item-new"),
    path("plans/<int:pk>/items/<int:item_pk>/", views.item_form, name="plan-item"),
    path("plans/<int:pk>/items/<int:item_pk>/remove/", views.item_remove, name="plan-item-remove"),
]
