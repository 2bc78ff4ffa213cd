"""Templates are read once for each language: what they say in it, whatever a page shows, is written out then.

``{% translate "Results" %}``, ``{% static "css/base.css" %}`` and ``{% url "public-results" %}`` come to the same text on every page. To ask for it anew cost half of what
a page of words costs. Everything that names a variable stays as it is.
"""

from collections.abc import Iterator, Sequence

from django.template import Context, Origin, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.loaders import base, cached
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.translation import get_language


class Writing(base.Loader):
    """Reads a template and writes its fixed words out, in the language of the moment."""

    def get_template(self, template_name: str, skip: Sequence[Origin] | None = None) -> Template:
        """A template of its own for this language."""
        template = super().get_template(template_name, list(skip) if skip else None)
        write_out(template.nodelist)
        return template


class Loader(cached.Loader, Writing):
    """Keeps a template for each language it was asked for in."""

    def cache_key(self, template_name: str, skip: Sequence[Origin] | None = None) -> str:
        """The language goes with the name."""
        return f"{get_language()} {super().cache_key(template_name, list(skip) if skip else None)}"


def write_out(nodes: NodeList) -> None:
    """Put text in the place of every node that gives the same one each time; neighbours become one."""
    made: list[Node] = []
    for node in nodes:
        text = _fixed(node)
        if text is None:
            for inner in _within(node):
                write_out(inner)
            made.append(node)
        elif made and isinstance(made[-1], TextNode):
            made[-1] = TextNode(made[-1].s + text)
        else:
            made.append(TextNode(text))
    nodes[:] = made


def _fixed(node: Node) -> str | None:
    """What a node always gives; None for one that has to be asked."""
    if isinstance(node, TextNode):
        return str(node.s)
    if isinstance(node, CommentNode | LoadNode):
        return ""
    if isinstance(node, TranslateNode):
        fixed = not node.asvar and _literal(node.filter_expression) and (node.message_context is None or _literal(node.message_context))
    elif isinstance(node, URLNode):
        fixed = not (node.asvar or node.args or node.kwargs) and _literal(node.view_name) and ":" not in str(node.view_name)
    else:
        fixed = isinstance(node, StaticNode) and not node.varname and _literal(node.path)
    return str(node.render(Context())) if fixed else None


def _literal(expression: FilterExpression) -> bool:
    """Whether it is a text between quotation marks and nothing else."""
    return not expression.filters and (isinstance(expression.var, str) or expression.var.lookups is None)


def _within(node: Node) -> Iterator[NodeList]:
    """The lists of nodes inside a node; what stands in a language of its own is left to be asked."""
    if isinstance(node, LanguageNode):
        return
    if isinstance(node, IfNode):
        yield from (inner for _condition, inner in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner
