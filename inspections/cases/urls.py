"""The addresses of the cases room, under /office/."""

from django.urls import path

from inspections.cases import asking, clearing, joining_pages, phone, picturing, receiving, signing, views

urlpatterns = [
    path("cases/", views.case_list, name="case-list"),
    path("cases/mine/", views.my_cases, name="my-cases"),
    path("cases/joint/", joining_pages.joint_list, name="joint-cases"),
    path("cases/worker.js", phone.worker, name="case-worker"),
    path("cases/offline/", phone.shell, name="case-offline"),
    path("cases/offline/key/", phone.store_key, name="case-offline-key"),
    path("cases/<str:number>/", views.case_page, name="case-page"),
    path("cases/<str:number>/begin/", views.begin, name="case-begin"),
    path("cases/<str:number>/record/", views.record, name="case-record"),
    path("cases/<str:number>/sending/", phone.sending, name="case-sending"),
    path("cases/<str:number>/photos/", picturing.photo_list, name="case-photos"),
    path("cases/<str:number>/photos/<int:pk>/", picturing.photo, name="case-photo"),
    path("cases/<str:number>/photos/<int:pk>/withdraw/", picturing.withdraw, name="case-photo-withdraw"),
    path("cases/<str:number>/form.pdf", picturing.paper_form, name="case-paper-form"),
    path("cases/<str:number>/take-back/", views.take_back, name="case-take-back"),
    path("cases/<str:number>/acknowledge/", signing.acknowledge, name="case-acknowledge"),
    path("cases/<str:number>/sign/", signing.sign, name="case-sign"),
    path("cases/<str:number>/review/", views.review, name="case-review"),
    path("cases/<str:number>/join/", joining_pages.join, name="case-join"),
    path("cases/<str:number>/separate/", joining_pages.separate, name="case-separate"),
    path("cases/<str:number>/release/", views.release, name="case-release"),
    path("cases/<str:number>/check/", clearing.check, name="case-check"),
    path("cases/<str:number>/replace/", asking.ask, name="case-replace"),
    path("cases/<str:number>/replace/<int:pk>/evidence/", asking.evidence, name="case-evidence"),
    path("draws/<int:pk>/receipts/", receiving.receipt_page, name="draw-receipts"),
    path("draws/<int:pk>/receipts/<int:subject_id>/", receiving.receipt, name="draw-receipt"),
]
