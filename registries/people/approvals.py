"""The bases of the admin pages: reading only; what is approved goes through an address and a command of its own.

Django's own change form, delete view and list editing wrap themselves in a transaction, so a durable command cannot
run inside them; here they are closed altogether.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registries import overtaken
from registries.ledger.change import Change, Refused
from registries.overtaken import Seen
from registries.people.models import User

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # generic for the type checker only
    Base = admin.ModelAdmin


NAMES = {
    "approved_by": gettext_lazy("approved by"),
    "assignment": gettext_lazy("assignment"),
    "case": gettext_lazy("case"),
    "created_by": gettext_lazy("created by"),
    "draw": gettext_lazy("draw"),
    "entry": gettext_lazy("ledger entry"),
    "file_sha256": gettext_lazy("hash of the file"),
    "matter": gettext_lazy("matter"),
    "payload_hash": gettext_lazy("hash of the content"),
    "prepared_by": gettext_lazy("prepared by"),
    "previous": gettext_lazy("hash of the entry before"),
    "public_id": gettext_lazy("public number"),
    "record": gettext_lazy("record"),
    "result_code": gettext_lazy("code of the result"),
    "result_group": gettext_lazy("group of the result"),
    "reviewer": gettext_lazy("reviewed by"),
    "saved_by": gettext_lazy("saved by"),
    "text": gettext_lazy("text"),
    "time": gettext_lazy("time"),
}
"""What columns are called here that have no name of their own in their model."""


class ReadingAdmin(Base):
    """A model that may be read in the admin by those whose role has ``view_right``. Nothing is written from here."""

    view_right: ClassVar[str]
    actions = None
    list_per_page = 50

    def __init__(self, model: type[Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        for field in model._meta.fields:
            if isinstance(field.verbose_name, str):  # made of the column's name; a name that was given is lazy
                field.verbose_name = NAMES.get(field.name, field.verbose_name)

    def get_urls(self) -> list[URLPattern]:
        """The list and one row. Django's other pages (adding, deleting, its own history) write or tell past the ledger, and have no address."""
        kept = {f"{self.opts.app_label}_{self.opts.model_name}_{page}" for page in ("changelist", "change")}
        return [one for one in super().get_urls() if isinstance(one, URLPattern) and one.name in kept]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Reading is a right of its own."""
        return request.user.has_perm(self.view_right)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown on the front page to those who may read it."""
        return request.user.has_perm(self.view_right)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: rows come from commands."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: rows change by commands."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class DecisionForm(forms.Form):
    """Approve, or return with a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason for returning it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why you return it; the clerk reads it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and "return" not in self.data:
            self.fields["reason"].required = False


class DecidingAdmin(ReadingAdmin):
    """A model whose rows, once submitted, are decided at ``<id>/decide/``: approved by another person, or returned."""

    decide_right: ClassVar[str]
    decide_template: ClassVar[str]
    decide_title: ClassVar[Any]
    sent_back: ClassVar[Any] = gettext_lazy("Returned to its clerk.")
    reason_label: ClassVar[Any] = gettext_lazy("Reason for returning it")

    def facts(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What the deciding page shows besides the row."""
        return {}

    def approve(self, *, actor: User, pk: int, version: int) -> Change:
        """Call the approving command."""
        raise NotImplementedError

    def send_back(self, *, actor: User, pk: int, version: int, reason: str) -> Change:
        """Call the returning command."""
        raise NotImplementedError

    def approved(self, obj: Any) -> str:
        """What to say after approving."""
        raise NotImplementedError

    @admin.display(description=gettext_lazy("approval"))
    def decide(self, obj: Any) -> str:
        """The way to the decision, where one waits."""
        if obj.state != "submitted":
            return ""
        return format_html('<a href="{}">{}</a>', reverse(f"admin:{self._decision_name}", args=[obj.pk]), _("Decide"))

    @property
    def _decision_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_decide"

    def get_urls(self) -> list[URLPattern]:
        """The decision has an address of its own, outside Django's change form and its transaction."""
        view = self.admin_site.admin_view(self.decision)
        return [path("<int:pk>/decide/", view, name=self._decision_name), *super().get_urls()]

    def decision(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what is decided; approve it or return it."""
        if not self.has_view_permission(request):
            return redirect("admin:index")
        obj = get_object_or_404(self.get_queryset(request), pk=pk)
        form = DecisionForm(request.POST or None, initial={"version": obj.version})
        form.fields["reason"].label = self.reason_label
        if request.method == "POST" and form.is_valid() and self._decided(request, obj, form):
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": self.decide_title,
            "opts": self.opts,
            "row": obj,
            "form": form,
            "typed": overtaken.typed(form),
            "may_decide": request.user.has_perm(self.decide_right),
            **self.facts(request, obj),
        }
        return TemplateResponse(request, self.decide_template, context, status=overtaken.status_of(form))

    def _decided(self, request: HttpRequest, obj: Any, form: DecisionForm) -> bool:
        actor, pk, version = request.user, obj.pk, form.cleaned_data["version"]
        if not isinstance(actor, User):
            return False
        try:
            if "return" in request.POST:
                self.send_back(actor=actor, pk=pk, version=version, reason=form.cleaned_data["reason"])
                messages.success(request, self.sent_back)
            else:
                messages.success(request, self.approved(self.approve(actor=actor, pk=pk, version=version).obj))
        except Refused as refused:
            if first := overtaken.who_was_first(Seen(obj, version), actor):
                overtaken.note(form, first)
                obj.refresh_from_db()
                overtaken.renewed(form, obj.version)
            form.add_error(None, refused.sentence)
            return False
        return True
