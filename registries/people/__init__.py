"""Accounts, units and roles: who works here and what their role lets them do."""
