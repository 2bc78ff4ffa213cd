"""The addresses of the subject registry. Registry keys have no small letters, so that they never meet the words here."""

from django.urls import path

from registries.subjects import views

urlpatterns = [
    path("subjects/", views.subject_list, name="subject-list"),
    path("subjects/new/", views.subject_new, name="subject-new"),
    path("subjects/several/", views.subject_several, name="subject-several"),
    path("subjects/duplicates/", views.duplicate_list, name="subject-duplicates"),
    path("subjects/statistics/", views.statistics, name="subject-statistics"),
    path("subjects/<str:key>/", views.subject, name="subject"),
    path("subjects/<str:key>/history/", views.subject_history, name="subject-history"),
    path("subjects/<str:key>/change/", views.subject_change, name="subject-change"),
    path("subjects/<str:key>/verify/", views.subject_verify, name="subject-verify"),
    path("subjects/<str:key>/permits/new/", views.permit, name="permit-new"),
    path("subjects/<str:key>/permits/<int:pk>/", views.permit, name="permit-change"),
    path("subjects/<str:key>/merge/<str:other>/", views.merge, name="subject-merge"),
    path("subjects/<str:key>/unmerge/", views.unmerge, name="subject-unmerge"),
    path("subjects/<str:key>/record/<str:step>/", views.subject_step, name="subject-step"),
    path("subjects/<str:key>/end/<str:part>/<int:pk>/", views.part_end, name="subject-part-end"),
    path("categories/", views.category_list, name="category-list"),
    path("categories/new/", views.category_form, name="category-new"),
    path("categories/<int:pk>/", views.category_form, name="category-change"),
]
