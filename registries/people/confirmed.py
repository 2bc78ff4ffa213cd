"""Which commands a person runs from a page only after having confirmed lately who they are (ASVS 7.5.3).

Beside ``roles.py``: that table says who may, this one says who is asked again. ``factors/guard.py`` keeps it.
"""

CONFIRMED: frozenset[str] = frozenset(
    (
        # accounts, roles and second factors
        "registries.enable_account",
        "registries.reset_password",
        "registries.ask_reset",
        "registries.confirm_reset",
        "registries.grant_role",
        "registries.revoke_role",
        "registries.clear_factor",
        "registries.enrol_factor",
        "registries.drop_factor",
        "registries.renew_recovery_codes",
        "registries.end_own_sessions",
        # what supervisors decide and nobody takes back
        "registries.approve_edition",
        "inspections.approve_plan",
        "inspections.approve_adhoc",
        "inspections.approve_draw",
        "inspections.void_draw",
        "inspections.strike_result",
        "inspections.refuse_strike",
        "inspections.replace_drawn",
        "inspections.name_stand_in",
        "inspections.refuse_replacement",
        "inspections.approve_transfer",
        "inspections.refuse_transfer",
        "publicity.grant_hold",
        "publicity.refuse_hold",
        "publicity.lift_hold",
        "publicity.approve_proposal",
        "publicity.take_down_penalty",
        # the secret of an order
        "inspections.read_sealed_copy",
        "inspections.give_secret",
    )
)
"""What is returned to a clerk is not among them: it takes no effect, and the clerk submits it again."""
