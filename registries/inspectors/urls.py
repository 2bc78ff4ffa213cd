"""The addresses of the inspector registry."""

from django.urls import path

from registries.inspectors import views

urlpatterns = [
    path("inspectors/", views.inspector_list, name="inspector-list"),
    path("inspectors/new/", views.inspector_form, name="inspector-new"),
    path("inspectors/find/", views.find, name="inspector-find"),
    path("inspectors/statistics/", views.statistics, name="inspector-statistics"),
    path("inspectors/me/", views.own_entry, name="own-entry"),
    path("inspectors/me/conflict/", views.own_recusal, name="own-recusal"),
    path("inspectors/groups/", views.group_list, name="group-list"),
    path("inspectors/groups/new/", views.group, name="group-new"),
    path("inspectors/groups/<int:pk>/", views.group, name="group-change"),
    path("inspectors/training/", views.training_list, name="training-list"),
    path("inspectors/training/new/", views.training, name="training-new"),
    path("inspectors/training/<int:pk>/", views.training, name="training-change"),
    path("inspectors/assistants/", views.assistant_list, name="assistant-list"),
    path("inspectors/assistants/new/", views.assistant, name="assistant-new"),
    path("inspectors/assistants/<int:pk>/", views.assistant, name="assistant-change"),
    path("inspectors/<str:number>/", views.inspector, name="inspector"),
    path("inspectors/<str:number>/eligibility/", views.eligibility, name="inspector-eligibility"),
    path("inspectors/<str:number>/change/", views.inspector_form, name="inspector-change"),
    path("inspectors/<str:number>/status/", views.inspector_status, name="inspector-status"),
    path("inspectors/<str:number>/full/", views.inspector_data, name="inspector-data"),
    path("inspectors/<str:number>/certificates/new/", views.certificate, name="certificate-new"),
    path("inspectors/<str:number>/certificates/<int:pk>/", views.certificate, name="certificate-renew"),
    path("inspectors/<str:number>/certificates/<int:pk>/end/", views.certificate_end, name="certificate-end"),
    path("inspectors/<str:number>/leave/new/", views.leave, name="leave-new"),
    path("inspectors/<str:number>/leave/<int:pk>/", views.leave, name="leave-change"),
    path("inspectors/<str:number>/leave/<int:pk>/cancel/", views.leave_cancel, name="leave-cancel"),
    path("inspectors/<str:number>/conflicts/new/", views.recusal, name="recusal-new"),
    path("inspectors/<str:number>/conflicts/<int:pk>/end/", views.recusal_end, name="recusal-end"),
    path("accounts/inspectors/", views.link_list, name="inspector-accounts"),
    path("accounts/inspectors/<str:number>/", views.link, name="inspector-account"),
]
