"""The second factor: a code that a phone shows, recovery codes on paper, and being asked again before what weighs.

``rules`` and ``codes`` know the algorithm, ``commands`` write, ``passing`` knows what a session has passed, ``proof`` takes
a typed code or password, ``guard`` stands before every page of the office and the admin. See ``docs/security/second-factor.md``.
"""
