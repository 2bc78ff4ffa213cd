"""Templates that were written out say what they would have said, in the language of the reader."""

import pytest
from django.template import Context, Engine
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils import translation

WORDS = {
    "frame": '{% load i18n static %}<link href="{% static "css/base.css" %}">{# never #}{% block body %}{% translate "Results" %}{% endblock %}'
    '{% translate "Home" context "public menu" %}{% if shown %}{% translate "Search" %} 100%{% else %}{% translate named %}{% endif %}',
    "page": '{% extends "frame" %}{% load i18n %}{% block body %}{% translate "All results" as all %}<i title="{{ all }}">{{ name }}</i>'
    '{% for one in name %}{% translate "Search" %}{{ one }}{% endfor %}{% url "public-results" %}{% url "public-draw" name %}{% endblock %}',
}
LIBRARIES = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
PLAIN = ("django.template.loaders.locmem.Loader", WORDS)


@pytest.mark.parametrize("shown", [True, False])
def test_a_page_says_the_same_in_every_language(shown: bool) -> None:
    ours = Engine(loaders=[("config.templates.Loader", [PLAIN])], libraries=LIBRARIES)
    theirs = Engine(loaders=[PLAIN], libraries=LIBRARIES)
    said = set()
    for language in ("zh-hans", "en", "zh-hans"):
        with translation.override(language):
            context = {"shown": shown, "name": "<b>", "named": "Search"}
            page = ours.get_template("page").render(Context(context))
            assert page == theirs.get_template("page").render(Context(context))
            said.add(page)
    assert len(said) == 2
    assert all("&lt;b&gt;" in page for page in said)


def test_what_is_the_same_on_every_page_is_text() -> None:
    engine = Engine(loaders=[("config.templates.Loader", [PLAIN])], libraries=LIBRARIES)
    nodes = engine.get_template("frame").nodelist
    assert len(nodes.get_nodes_by_type(TranslateNode)) == 1, "the one that names a variable"
    assert nodes.get_nodes_by_type(StaticNode) == []
    assert engine.get_template("frame") is engine.get_template("frame")
