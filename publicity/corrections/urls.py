"""The office addresses of objections and changes, under /office/."""

from django.urls import path, re_path

from publicity.corrections import views

urlpatterns = [
    path("objections/", views.objection_list, name="objection-list"),
    path("objections/<int:pk>/", views.objection_page, name="objection-page"),
    path("objections/<int:pk>/sender/", views.objection_sender, name="objection-sender"),
    path("objections/<int:pk>/take/", views.objection_take, name="objection-take"),
    path("objections/<int:pk>/answer/", views.objection_answer, name="objection-answer"),
    path("objections/<int:pk>/check/", views.statement_check, name="objection-check"),
    path("objections/<int:pk>/file/", views.objection_file, name="objection-file"),
    path("objections/<int:pk>/answer.pdf", views.answer_paper, name="objection-paper"),
    re_path(r"^results/(?P<public_id>[0-9a-f]{32})/correct/$", views.correct, name="result-correct"),
    re_path(r"^results/(?P<public_id>[0-9a-f]{32})/withdraw/$", views.withdraw, name="result-withdraw"),
    re_path(r"^penalties/(?P<public_id>[0-9a-f]{32})/take-down/$", views.penalty_down, name="penalty-down"),
]
