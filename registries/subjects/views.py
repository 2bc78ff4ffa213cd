"""Office pages of the subject registry: searching it, one entry, changing and confirming it, categories."""

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries import clock
from registries.ledger.telling import history_told
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.masking import masked_name, masked_phone
from registries.people.queries import keeps, own_units
from registries.subjects import commands, queries
from registries.subjects.forms import CategoryForm, SubjectFilterForm, SubjectForm
from registries.subjects.models import Subject, SubjectCategory
from registries.subjects.rules import is_stale


@access("registries.view_subjects")
@require_GET
def subject_list(request: HttpRequest) -> HttpResponse:
    """The registry, searched, filtered and paged."""
    today = clock.today()
    form = SubjectFilterForm(request.GET)
    rows = Subject.objects.select_related("unit", "town").prefetch_related("categories")
    listing = page_of(request, _matching(rows, form))
    shown = list(listing["page"])
    signals = queries.signals([row.pk for row in shown], today)
    excluded = queries.excluded_on(today)
    units = own_units(signed_in(request))
    stale = queries.stale(Subject.objects.filter(status=Subject.Status.ACTIVE), today)
    context = {
        "form": form,
        "rows": [(row, is_stale(row.verified_on, today), row.pk in excluded, signals[row.pk]) for row in shown],
        "stale_count": (stale if units is None else stale.filter(unit_id__in=units)).count(),
    }
    return render(request, "office/subjects/subject_list.html", {**listing, **context})


def _matching(rows: QuerySet[Subject], form: SubjectFilterForm) -> QuerySet[Subject]:
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if wanted["q"]:
        words = wanted["q"].strip()
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(uscc__icontains=words)
            | Q(key__icontains=words)
            | Q(old_number__icontains=words)
            | Q(address__icontains=words)
        )
    if wanted["category"]:
        rows = rows.filter(categories=wanted["category"])
    columns = {"unit": "unit", "town": "town", "grade": "risk_grade", "status": "status"}
    rows = rows.filter(**{column: wanted[name] for name, column in columns.items() if wanted[name]})
    if wanted["freshness"]:
        stale = queries.stale(Subject.objects.all(), clock.today())
        rows = rows.filter(pk__in=stale) if wanted["freshness"] == "stale" else rows.exclude(pk__in=stale)
    return rows


@access("registries.view_subjects")
@require_GET
def subject(request: HttpRequest, key: str) -> HttpResponse:
    """One entry: facts, what keeps it out, signals against it, its history."""
    user = signed_in(request)
    row = get_object_or_404(Subject.objects.select_related("unit", "town"), key=key)
    today = clock.today()
    kept = keeps(user, row.unit_id)
    exclusions = list(row.exclusions.all())
    context = {
        "subject": row,
        "categories": row.categories.all(),
        "contact": masked_name(row.contact),
        "phone": masked_phone(row.phone),
        "stale": is_stale(row.verified_on, today),
        "verified_today": row.verified_on >= today,
        "exclusions": [(e, e.starts_on <= today and (e.ends_on is None or e.ends_on >= today)) for e in exclusions],
        "excluded": queries.exclusion_on(row.pk, today),
        "complaints": row.complaints.all(),
        "violations": row.violations.all(),
        "signals": queries.signals([row.pk], today)[row.pk],
        "may_change": kept and user.has_perm("registries.change_subject"),
        "history": history_told(row) if user.has_perm("registries.view_history") else None,
    }
    return render(request, "office/subjects/subject.html", context)


def _version(request: HttpRequest, row: Subject) -> int:
    """The version the clerk saw: as the form sent says, or the present one on first sight."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() else row.version


@access("registries.change_subject")
@require_http_methods(["GET", "POST"])
def subject_change(request: HttpRequest, key: str) -> HttpResponse:
    """Correct an entry of the own unit."""
    user = signed_in(request)
    row = get_object_or_404(Subject.objects.select_related("unit"), key=key)
    if not keeps(user, row.unit_id):
        return redirect("subject", key=key)
    version, name = _version(request, row), row.name
    form = SubjectForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        change = act(
            request,
            commands.change_subject,
            done=_("The entry was changed."),
            form=form,
            subject_id=row.pk,
            version=version,
            entry=form.entry(),
            reason=form.cleaned_data["reason"],
        )
        if change is not None:
            return redirect("subject", key=key)
    return render(request, "office/subjects/subject_change.html", {"form": form, "key": key, "name": name, "version": version})


@access("registries.view_subjects")
@require_POST
def subject_verify(request: HttpRequest, key: str) -> HttpResponse:
    """Confirm an entry as of today."""
    row = get_object_or_404(Subject, key=key)
    done = _("The entry is confirmed as of today.")
    act(request, commands.verify_subject, done=done, subject_id=row.pk, version=_version(request, row))
    return redirect("subject", key=key)


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
