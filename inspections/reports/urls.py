"""The addresses of reports."""

from django.urls import path

from inspections.reports import views

urlpatterns = [
    path("reports/", views.report, name="report"),
    path("reports/report.pdf", views.report_pdf, name="report-pdf"),
    path("reports/report.xlsx", views.report_sheet, name="report-sheet"),
    path("reports/upward/", views.upward, name="report-upward"),
    path("reports/upward/upward.xlsx", views.upward_sheet, name="report-upward-sheet"),
    path("reports/overview/", views.overview, name="report-overview"),
    path("reports/inspectors/", views.inspectors, name="report-inspectors"),
]
