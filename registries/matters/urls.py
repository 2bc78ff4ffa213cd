"""The addresses of the matter list."""

from django.urls import path

from registries.matters import views

urlpatterns = [
    path("matters/", views.matter_list, name="matter-list"),
    path("matters/new/", views.matter_revise, name="matter-new"),
    path("matters/<slug:code>/", views.matter, name="matter"),
    path("matters/<slug:code>/revise/", views.matter_revise, name="matter-revise"),
    path("matters/<slug:code>/retire/", views.matter_retire, name="matter-retire"),
    path("editions/", views.edition_list, name="edition-list"),
    path("editions/new/", views.edition_new, name="edition-new"),
    path("editions/<int:pk>/", views.edition, name="edition"),
    path("editions/<int:pk>/submit/", views.edition_submit, name="edition-submit"),
    path("editions/<int:pk>/xlsx/", views.edition_sheet, name="edition-sheet"),
    path("editions/<int:pk>/pdf/", views.edition_paper, name="edition-paper"),
]
