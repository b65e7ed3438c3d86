"""The templates of the site, with what is the same on all pages of a language compiled into them."""

from __future__ import annotations

from typing import Final

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from commons_ld.site.escaping import escaped
from commons_ld.site.templating import templates

#: A word that would be markup, if it were not escaped.
CONSTANTS: Final[dict[str, str | dict[str, str]]] = {
    "t": {"word": "<A & B>", "kind": "genre"},
    "language": "fr",
    "colon": " :",
}


class Speaking(str):
    """A text that says itself how it stands in a page."""

    def __html__(self) -> str:
        return f"<i>{escape(str(self))}</i>"


def rendered(source: str, **values: object) -> str:
    """Return what a template makes of values."""
    return templates(CONSTANTS).from_string(source).render(**values)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ t.word }}", "&lt;A &amp; B&gt;"),
        ('{{ t["word"] }}', "&lt;A &amp; B&gt;"),
        ("{{ t[code] }}", "&lt;A &amp; B&gt;"),
        ('{{ "yes" if code in t else "no" }}', "yes"),
        ('{% if language == "fr" %}oui{% else %}no{% endif %}{{ colon }}', "oui :"),
        ("{% for n in numbers %}{{ n }}{{ t.kind }}{% endfor %}", "1genre2genre"),
        ("{% macro shown(x) %}{{ t.kind }} {{ x }}{% endmacro %}{{ shown(text) }}", "genre &lt;b&gt;"),
        ("{{ t.word | length }} {{ t.word ~ text }}", "7 &lt;A &amp; B&gt;&lt;b&gt;"),
    ],
)
def test_a_constant_is_what_it_was_as_a_value(source: str, expected: str) -> None:
    """However it is looked up; and what is none is escaped as ever."""
    values = {"code": "word", "numbers": (1, 2), "text": "<b>"}
    plain = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)

    assert rendered(source, **values) == expected
    assert plain.render(**CONSTANTS, **values) == expected


def test_a_constant_costs_nothing_when_a_page_is_made() -> None:
    """Words stand in the compiled template, joined with the marks around them, and escaped."""
    compiled = templates(CONSTANTS).compile("<p>{{ t.word }}{{ colon }}</p>", raw=True)

    assert "yield '<p>&lt;A &amp; B&gt; :</p>'" in compiled
    assert "escape(" not in compiled
    assert "shown(" not in compiled


def test_what_is_included_is_a_part_of_the_page() -> None:
    """It sees what the page sees, those of a loop too, and the compiled template asks for no other."""
    environment = templates({"t": {"listen": "Écouter", "open_media": "Ouvrir"}, "colon": " :"})
    source = '{% for view in views %}{% include "media.html" %}{% endfor %}'
    view = type("V", (), {"media": (), "broadcast": ("https://a.test/?a&b",), "is_film": False, "has_track": False})

    page = environment.from_string(source).render(views=[view])

    assert '<h2 id="media">Écouter</h2>' in page
    assert '<a href="https://a.test/?a&amp;b">Ouvrir</a>' in page
    assert "get_template" not in str(environment.compile(source, raw=True))


@pytest.mark.parametrize("source", ["{{ thing.word }}", "{{ word.upper.nothing }}", "{{ missing.word }}"])
def test_a_name_that_is_missing_is_a_fault(source: str) -> None:
    """An attribute that is not there is no empty text; neither is an item of that name the attribute."""
    with pytest.raises((AttributeError, jinja2.UndefinedError)):
        rendered(source, thing={"word": "x"}, word="x")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('{% set language = "en" %}', "language is a constant"),
        ("{% for t in things %}{% endfor %}", "t is a constant"),
        ("{% macro shown(colon) %}{% endmacro %}", "colon is a constant"),
        ("{% include name %}", "named by a constant"),
    ],
)
def test_what_would_be_misread_is_refused(source: str, problem: str) -> None:
    """A constant can be nothing else anywhere, and what is included has to be known when a template is compiled."""
    with pytest.raises(jinja2.TemplateAssertionError, match=problem):
        templates(CONSTANTS).from_string(source)


def test_a_method_is_called_as_it_is() -> None:
    """With what it is given, and without a look whether it asks for the context of the page."""
    source = '{{ text.replace("a", mark) }}{{ thing.differs("fr") }}{{ text.split(sep="b") | count }}'
    thing = type("T", (), {"differs": staticmethod(lambda language: f"<{language}>")})
    values = {"text": "a & b", "mark": "<", "thing": thing}

    assert rendered(source, **values) == "&lt; &amp; b&lt;fr&gt;2"
    assert jinja2.Environment(autoescape=True).from_string(source).render(**values) == rendered(source, **values)
    assert "context.call" not in templates(CONSTANTS).compile('{{ thing.differs("fr") }}', raw=True)


@pytest.mark.parametrize("value", ["<a>", Markup("<a>"), Markup("<a>").upper(), 3, None, ["<a>"], Speaking("<a>")])
def test_a_value_is_shown_as_jinja_shows_it(value: object) -> None:
    """Text is escaped, markup is not, and what is neither is made to text first."""
    source = "{{ value }}"

    assert rendered(source, value=value) == jinja2.Environment(autoescape=True).from_string(source).render(value=value)


@given(st.text(st.sampled_from("<>&'\"a;é\u2028 ")))
def test_pieces_are_escaped_as_templates_are(text: str) -> None:
    """Each of the two ways writes the same."""
    assert escaped(text) == str(escape(text))
