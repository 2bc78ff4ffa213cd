"""Office pages for the code tables."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registries.codes import commands, queries
from registries.codes.forms import CodeForm
from registries.codes.models import Code, CodeTable
from registries.pages import act, signed_in
from registries.people.access import access


def _table(name: str) -> CodeTable:
    try:
        return CodeTable(name)
    except ValueError:
        raise Http404 from None


@access("registries.view_codes")
@require_GET
def code_list(request: HttpRequest, table: str = CodeTable.TOWN) -> HttpResponse:
    """One code table; the others are a tab away."""
    chosen = _table(table)
    context = {
        "table": chosen,
        "tables": list(CodeTable),
        "rows": queries.all_codes(chosen),
        "with_groups": chosen == CodeTable.RESULT,
        "may_save": signed_in(request).has_perm("registries.save_code"),
    }
    return render(request, "office/codes/code_list.html", context)


@access("registries.save_code")
@require_http_methods(["GET", "POST"])
def code_form(request: HttpRequest, table: str, pk: int | None = None) -> HttpResponse:
    """Make a row of a table, change it or retire it."""
    chosen = _table(table)
    row = get_object_or_404(Code, pk=pk, table=chosen) if pk is not None else None
    form = CodeForm(request.POST or None, table=chosen, row=row)
    if (
        request.method == "POST"
        and form.is_valid()
        and act(
            request,
            commands.save_code,
            done=_("The row was saved."),
            form=form,
            code_id=pk,
            table=chosen.value,
            **form.cleaned_data,
        )
    ):
        return redirect("code-table", table=chosen.value)
    return render(request, "office/codes/code_form.html", {"form": form, "table": chosen, "row": row})
