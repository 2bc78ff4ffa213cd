"""The sentences that the phone's pages show by script (``static/visits``), in the reader's language; handed over as JSON."""

from django.utils.translation import gettext as _


def texts() -> dict[str, str]:
    """Every sentence by the name the scripts use."""
    return {**_status(), **_choices(), **_gaps(), **_store()}


def _status() -> dict[str, str]:
    return {
        "answered": _("{done} of {all} answered"),
        "nextItem": _("Next open item"),
        "toResult": _("To the result"),
        "sending": _("Sending …"),
        "saved": _("All saved, {at}"),
        "ready": _("Nothing typed yet"),
        "offline": _("No network: kept on this phone"),
        "waits": _("{count} things wait to be sent"),
        "held": _("Something was not taken: see above"),
        "signIn": _("Sign in again: kept on this phone"),
        "signInLong": _("Your session has ended. Nothing is lost: sign in again, and what is kept on this phone is sent."),
        "signInNow": _("Sign in"),
        "keptToRead": _("What you typed stays on this phone for you to read; it is not sent."),
        "forget": _("Remove from this phone"),
        "forgetSure": _("Remove all that this phone keeps of the visit? It cannot be had back."),
        "submitted": _("The record is ready to sign; it is no longer changed here."),
        "toCase": _("To the case"),
        "finished": _("Ready to sign, and signed by you. It is sent when the network is back; your colleague then signs too."),
        "reopen": _("Open again"),
        "again": _("Send again"),
        "drop": _("Remove"),
        "kind_begin": _("The begin of the visit was not taken"),
        "kind_photo": _("A photo was not taken"),
        "kind_scan": _("A scan was not taken"),
        "kind_submit": _("The record is not ready to sign"),
        "kind_acknowledge": _("The inspected person's signature was not taken"),
        "kind_sign": _("Your signature was not taken"),
    }


def _choices() -> dict[str, str]:
    return {
        "clash": _("{name} wrote something different here at {at}:"),
        "clashes": _("{count} fields differ from a colleague's: choose"),
        "otherPhone": _("You, on another device,"),
        "yours": _("You:"),
        "keepMine": _("Keep mine"),
        "takeTheirs": _("Take theirs"),
        "photoSent": _("Photo, kept by the office"),
        "onPhone": _("on this phone"),
        "scan": _("Scan"),
        "tooLarge": _("This file is larger than 20 MB."),
        "tooManyPixels": _("This photo has more than 40 megapixels. Choose a smaller size in the camera."),
        "noPhoto": _("This file is no photo that can be read. JPEG, PNG and WebP pictures are taken."),
        "chooseSide": _("Choose how the inspected person stands to the record."),
        "theirsMissing": _("Name who signs for the subject, with the post, and let them sign in the field."),
        "witnessMissing": _("Name the witness, with the post: somebody who was there and is not on the team."),
        "ownMissing": _("Sign in your own field."),
        "noticeChoose": _("Say how the notice was handed over, or that there is none."),
        "noticeToWhom": _("Say who received it, or who refused it."),
        "noticeWitness": _("Where the signature is refused a witness is named."),
        "whyNoNotice": _("Say why notice would defeat the purpose of this visit."),
    }


def _gaps() -> dict[str, str]:
    return {
        "gapDay": _("Enter the day of the inspection."),
        "gapFuture": _("This day has not come yet."),
        "gapEarly": _("The subject was drawn on {day}; the visit cannot be earlier."),
        "gapAnswer": _("Answer this item."),
        "gapRemark": _("Say what you found, or why it was not checked."),
        "gapResult": _("Choose the result."),
        "gapClean": _("An item is answered “no”, but the result says that no problem was found."),
        "gapFindings": _("Describe the problems, or how it was found that no inspection was possible."),
        "gapDisposal": _("Say what follows from the problems."),
        "gapPresent": _("Name who was present for the subject."),
    }


def _store() -> dict[str, str]:
    return {
        "noStore": _("This browser cannot keep cases for the time without a network: it needs a secure address (https) and a current Chromium."),
        "installing": _("Keeping {done} of {all} cases …"),
        "installed": _("Ready for offline: {count} open cases are on this phone, encrypted."),
        "missing": _("{count} open cases are not on this phone yet."),
        "notInstalled": _("That did not work; try again where the network is better."),
        "unsent": _("Waits to be sent"),
        "nobody": _("No network, and nobody is signed in on this device. Sign in when the network is back; what was kept stays kept."),
        "notKept": _("No network, and this page is not kept on this phone."),
        "nothingKept": _("Nothing is kept on this phone."),
        "keptHere": _("No network. These cases are kept on this phone:"),
    }
