"""The addresses of the papers room, under /office/."""

from django.urls import path

from inspections.papers import views

urlpatterns = [
    path("documents/", views.number_list, name="document-numbers"),
    path("documents/<int:pk>/void/", views.number_void, name="document-void"),
    path("documents/print/<int:pk>/", views.bundle_page, name="bundle"),
    path("documents/print/<int:pk>/cancel/", views.bundle_cancel, name="bundle-cancel"),
    path("documents/print/<int:pk>/file.pdf", views.bundle_file, name="bundle-file"),
    path("cases/<str:number>/documents/", views.case_papers, name="case-papers"),
    path("cases/<str:number>/documents/notice/", views.notice_new, name="notice-new"),
    path("cases/<str:number>/documents/service/", views.notice_serve, name="notice-serve"),
    path("cases/<str:number>/documents/<slug:sheet>.pdf", views.case_sheet, name="case-sheet"),
    path("cases/<str:number>/letters/<int:pk>.pdf", views.letter_file, name="letter-file"),
    path("draws/<int:pk>/documents/", views.draw_papers, name="draw-papers"),
    path("draws/<int:pk>/approval.pdf", views.draw_approval, name="draw-approval"),
    path("plans/<int:pk>/plan.pdf", views.plan_paper, name="plan-paper"),
]
