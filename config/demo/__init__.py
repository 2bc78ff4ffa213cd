"""``python3 manage.py demo``: a county with everything running, to look at and to try. Not used in production."""
