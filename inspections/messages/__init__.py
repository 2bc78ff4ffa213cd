"""Messages: what a person is told without asking: in the office, in the morning's mail, in their calendar. Never who is drawn before the visit."""
