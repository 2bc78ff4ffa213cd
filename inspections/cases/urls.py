"""The addresses of the cases room, under /office/."""

from django.urls import path

from inspections.cases import views

urlpatterns = [
    path("cases/", views.case_list, name="case-list"),
    path("cases/mine/", views.my_cases, name="my-cases"),
    path("cases/<str:number>/", views.case_page, name="case-page"),
    path("cases/<str:number>/begin/", views.begin, name="case-begin"),
    path("cases/<str:number>/record/", views.record, name="case-record"),
    path("cases/<str:number>/take-back/", views.take_back, name="case-take-back"),
    path("cases/<str:number>/sign/", views.sign, name="case-sign"),
    path("cases/<str:number>/review/", views.review, name="case-review"),
    path("cases/<str:number>/release/", views.release, name="case-release"),
]
