"""The addresses of the draws room, under /office/."""

from django.urls import path

from inspections.draws import auditing, entering, rostering, secret_pages, staffing, views

urlpatterns = [
    path("draws/", views.draw_list, name="draw-list"),
    path("draws/new/", views.draw_new, name="draw-new"),
    path("draws/<int:pk>/", views.draw_page, name="draw-page"),
    path("draws/<int:pk>/roster/", rostering.roster_page, name="draw-roster"),
    path("draws/<int:pk>/sources/<int:source_id>/", entering.enter_source, name="draw-source"),
    path("draws/<int:pk>/sources/<int:source_id>/correction/", entering.correct_source, name="draw-source-correction"),
    path("draws/<int:pk>/sources/<int:source_id>/wrong/", entering.report_value, name="draw-source-wrong"),
    path("draws/<int:pk>/evidence/<int:evidence_id>/", entering.evidence_file, name="draw-evidence"),
    path("draws/<int:pk>/audit/", auditing.audit_page, name="draw-audit"),
    path("draws/<int:pk>/sealed/", secret_pages.sealed_copy, name="draw-sealed"),
    path("draws/<int:pk>/secret/", secret_pages.give_secret, name="draw-secret"),
    path("draws/<int:pk>/teams/", staffing.begin_staffing, name="draw-staffing"),
    path("adhoc/<int:pk>/draw/", staffing.begin_adhoc, name="adhoc-draw"),
    path("draws/<int:pk>/successor/", views.succeed, name="draw-successor"),
    path("draws/<int:pk>/certificate.pdf", views.draw_certificate, name="draw-certificate"),
]
