"""The addresses of plans."""

from django.urls import path

from inspections.plans import file_views, task_views, views

urlpatterns = [
    path("plans/", views.plan_list, name="plan-list"),
    path("plans/new/", views.plan_new, name="plan-new"),
    path("plans/<int:pk>/", views.plan, name="plan"),
    path("plans/<int:pk>/submit/", views.plan_submit, name="plan-submit"),
    path("plans/<int:pk>/review/", views.plan_review, name="plan-review"),
    path("plans/<int:pk>/amend/", views.plan_amend, name="plan-amend"),
    path("plans/<int:pk>/drop/", file_views.plan_drop, name="plan-drop"),
    path("plans/<int:pk>/files/", file_views.file_new, name="plan-file-new"),
    path("plans/<int:pk>/files/<int:file_pk>/", file_views.file_page, name="plan-file"),
    path("plans/<int:pk>/files/<int:file_pk>/remove/", file_views.file_remove, name="plan-file-remove"),
    path("plans/<int:pk>/plan.xlsx", views.plan_sheet, name="plan-sheet"),
    path("plans/<int:pk>/items/<int:item_pk>/task/", task_views.task, name="plan-task"),
    path("plans/<int:pk>/items/<int:item_pk>/list/", task_views.handed_list, name="plan-task-list"),
    path("plans/<int:pk>/items/<int:item_pk>/reports/<int:report_pk>/", task_views.report_file, name="plan-task-report"),
    path("plans/<int:pk>/items/new/", views.item_form, name="plan-item-new"),
    path("plans/<int:pk>/items/<int:item_pk>/", views.item_form, name="plan-item"),
    path("plans/<int:pk>/items/<int:item_pk>/remove/", views.item_remove, name="plan-item-remove"),
]
