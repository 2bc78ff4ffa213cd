"""How one wants to be told."""

from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from inspections.messages.models import Wishes

if TYPE_CHECKING:
    Base = forms.ModelForm[Wishes]
else:  # generic for the type checker only
    Base = forms.ModelForm


class WishesForm(Base):
    """The morning's mail, and the language of mail and calendar."""

    class Meta:
        model = Wishes
        fields = ("morning_mail", "language")
        labels: ClassVar = {"morning_mail": _("Send me a mail in the morning when something waits")}
        help_texts: ClassVar = {
            "morning_mail": _("It counts what waits, by kind, and names nobody. It goes to the e-mail address of your account."),
            "language": _("Pages and messages follow the language chosen at the top of the page."),
        }
