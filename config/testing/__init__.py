"""``python3 manage.py test``: the tests on SQLite, and on a private PostgreSQL and Redis. Not used in production."""
