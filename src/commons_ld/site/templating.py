"""The templates of the site, compiled once for each language, with all that does not change within it in them.

Most of a page is the same on every page of its language: the words, the policy, the addresses of the style sheet and of
the scripts. Jinja2 joins and escapes constants when it compiles, so that what differs is all that is left to do for a
page. A template that is included becomes a part of the one that includes it, ``a.b`` is never an item, and ``a[b]``
never an attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

from commons_ld.site.escaping import shown

__all__ = ["templates"]

_TEMPLATES: Final = Path(__file__).parent.parent / "templates" / "site"


def templates(
    constants: Mapping[str, str | Mapping[str, str]],
    fragments: Mapping[str, Callable[..., str]] = MappingProxyType({}),
) -> jinja2.Environment:
    """Return the templates, in which names stand for the same wherever they are used.

    :param constants: texts by their names, and tables of texts
    :param fragments: filters by their names, whose results stand in a page as they are, and are escaped already

    >>> environment = templates({"t": {"hello": "A & B"}, "language": "en"}, {"bold": "<b>{}</b>".format})
    >>> environment.from_string("{{ t.hello }}{{ ' <' if language == 'fr' else ', ' }}{{ name }}").render(name="<Z>")
    'A &amp; B, &lt;Z&gt;'
    >>> environment.from_string("{{ name | bold }}, {{ name | bold | upper }}").render(name="z")
    '<b>z</b>, &lt;B&gt;Z&lt;/B&gt;'
    """
    return _Environment(constants, fragments)


class _CodeGenerator(CodeGenerator):
    """Writes the Python of templates."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - the name that Jinja2 looks for
        """Look for an attribute alone: to try an item where there is none takes six times as long."""
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802 - as above
        """Look for an item alone, too."""
        self.visit(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        """Call a method as it is: none of ours asks for the context, and to look whether one does takes long."""
        is_plain = not (forward_caller or node.kwargs or node.dyn_args or node.dyn_kwargs)
        if not is_plain or not isinstance(node.node, nodes.Getattr):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, *_: object) -> None:
        """Escape by a function that makes no object of a type of its own of each text, unless that is done."""
        is_escaped = isinstance(node, nodes.Filter) and node.name in self._fragments
        self.write("(" if is_escaped else "shown(")

    @property
    def _fragments(self) -> frozenset[str]:
        return self.environment.fragments if isinstance(self.environment, _Environment) else frozenset()


class _Environment(jinja2.Environment):
    """Templates whose constants are known."""

    code_generator_class = _CodeGenerator

    def __init__(
        self, constants: Mapping[str, str | Mapping[str, str]], fragments: Mapping[str, Callable[..., str]]
    ) -> None:
        self._files: Final = jinja2.FileSystemLoader(_TEMPLATES)
        super().__init__(
            loader=self._files,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        # A key that is known only when a page is made is looked up then.
        self.globals |= constants
        self.filters |= fragments
        #: The names of the filters whose results are escaped already.
        self.fragments: Final = frozenset(fragments)
        self._constants: Final = constants

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template knows as a plain dictionary: nothing is added to it, and it is copied a page."""
        return {**self.globals, **(d or {})}

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        _Constants(self, self._constants).visit(source)
        source.set_environment(self)
        # On the line of another import: the numbers of lines stay what Jinja2 takes them for.
        return f"from {shown.__module__} import shown; {super()._generate(source, name, filename, defer_init)}"

    def parsed(self, name: str) -> nodes.Template:
        """Return the tree of a template."""
        source, filename, _ = self._files.get_source(self, name)
        return self._parse(source, name, filename)


class _Constants(NodeTransformer):
    """Puts constants in the place of their names, and templates in the place where they are included."""

    def __init__(self, environment: _Environment, constants: Mapping[str, str | Mapping[str, str]]) -> None:
        self._environment, self._constants = environment, constants

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802 - as above
        found = self._constants.get(node.name)
        if found is not None and node.ctx != "load":
            raise jinja2.TemplateAssertionError(f"{node.name} is a constant, and can be nothing else", node.lineno)
        return nodes.Const(found, lineno=node.lineno) if isinstance(found, str) else node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802 - as above
        return self._looked_up(node, node.attr) or self.generic_visit(node)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802 - as above
        key = node.arg.value if isinstance(node.arg, nodes.Const) else None
        return self._looked_up(node, key) or self.generic_visit(node)

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 - as above
        if not isinstance(node.template, nodes.Const):
            raise jinja2.TemplateAssertionError("what is included is named by a constant", node.lineno)
        included = self._environment.parsed(node.template.value)
        return self.generic_visit(nodes.Scope(included.body, lineno=node.lineno))

    def _looked_up(self, node: nodes.Getattr | nodes.Getitem, key: Any) -> nodes.Const | None:
        table = self._constants.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        text = table.get(key) if isinstance(table, Mapping) else None
        return None if text is None else nodes.Const(text, lineno=node.lineno)
