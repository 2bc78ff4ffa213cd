"""The addresses of the public pages. They are for ever: what is published keeps its address."""

from django.urls import path, re_path

from publicity.site import corrected, notices, objections, plans, screens, struck, views

urlpatterns = [
    path("", views.home, name="public-home"),
    path("results/", views.result_list, name="public-results"),
    re_path(r"^results/(?P<public_id>[0-9a-f]{32})/$", views.result_page, name="public-result"),
    re_path(r"^results/(?P<public_id>[0-9a-f]{32})/objection/$", objections.objection_form, name="public-objection-form"),
    path("objections/<str:token>/", objections.objection_page, name="public-objection"),
    path("objections/<str:token>/answer.pdf", objections.objection_paper, name="public-objection-paper"),
    path("corrections/", corrected.correction_list, name="public-corrections"),
    path("matters/", views.matter_list, name="public-matters"),
    path("matters/editions/", views.edition_list, name="public-editions"),
    path("matters/editions/<int:number>/", views.edition_page, name="public-edition"),
    path("matters/editions/<int:number>/list.xlsx", views.edition_sheet, name="public-edition-sheet"),
    path("matters/editions/<int:number>/list.pdf", views.edition_paper, name="public-edition-paper"),
    path("matters/<str:code>/", views.matter_page, name="public-matter"),
    path("plans/", plans.plan_list, name="public-plans"),
    path("plans/<path:number>/plan.xlsx", plans.plan_sheet, name="public-plan-sheet"),
    path("plans/<path:number>/", plans.plan_page, name="public-plan"),
    path("draws/", views.draw_list, name="public-draws"),
    path("draws/slips/", views.slip_table, name="public-slips"),
    path("draws/<str:number>/", views.draw_page, name="public-draw"),
    path("draws/<str:number>/verify/", views.draw_verify, name="public-draw-verify"),
    path("draws/<str:number>/ceremony/", screens.ceremony_page, name="public-draw-ceremony"),
    path("draws/<str:number>/ceremony.json", screens.ceremony_state, name="public-draw-ceremony-state"),
    path("draws/<str:number>/bundle.zip", views.draw_bundle, name="public-draw-bundle"),
    path("draws/<str:number>/bundle/openings.txt", views.draw_openings, name="public-draw-openings"),
    path("draws/<str:number>/bundle/<str:name>", views.draw_file, name="public-draw-file"),
    path("draws/<str:number>/certificate.pdf", views.draw_certificate, name="public-draw-certificate"),
    path("draws/<str:number>/struck/<int:strike>/<str:name>", struck.draw_struck, name="public-draw-struck"),
    path("ledger/", views.ledger_facts, name="public-ledger"),
    path("ledger/entries/", views.ledger_entries, name="public-ledger-entries"),
    path("ledger/entries.jsonl", views.ledger_export, name="public-ledger-export"),
    path("ledger/checkpoints/", views.checkpoint_list, name="public-checkpoints"),
    path("ledger/checkpoints/<int:seq>.txt", views.checkpoint_text, name="public-checkpoint"),
    path("notice/<str:address>/", notices.notice_page, name="public-notice"),
    path("how/", views.how, name="public-how"),
    path("accessibility/", views.accessibility, name="public-accessibility"),
    path("robots.txt", views.robots, name="public-robots"),
]
