"""Office pages of the subject categories."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registries.pages import act, signed_in
from registries.people.access import access
from registries.subjects import commands
from registries.subjects.forms import CategoryForm
from registries.subjects.models import SubjectCategory


@access("registries.view_codes")
@require_GET
def category_list(request: HttpRequest) -> HttpResponse:
    """The categories of subjects and how their results are published."""
    rows = SubjectCategory.objects.annotate(size=Count("subjects")).order_by("code")
    may_save = signed_in(request).has_perm("registries.save_category")
    return render(request, "office/subjects/category_list.html", {"rows": rows, "may_save": may_save})


@access("registries.save_category")
@require_http_methods(["GET", "POST"])
def category_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a category, change it or retire it."""
    row = get_object_or_404(SubjectCategory, pk=pk) if pk is not None else None
    name = row.name if row else ""
    form = CategoryForm(request.POST or None, instance=row)
    if (
        request.method == "POST"
        and form.is_valid()
        and act(
            request, commands.save_category, done=_("The category was saved."), form=form, category_id=pk, **form.cleaned_data
        )
    ):
        return redirect("category-list")
    return render(request, "office/subjects/category_form.html", {"form": form, "name": name})
