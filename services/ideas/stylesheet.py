"""The style sheet of mail, written into the tags of its templates, because many mail programs read nothing else."""

from __future__ import annotations

import re
from functools import cache

from css_inline import CSSInliner

# A start tag whose values may hold Jinja's {{ … }}; what Jinja's {% … %} adds between attributes stays as it is.
_TAG = re.compile(r"<(?P<name>[a-z][a-z0-9]*)(?P<rest>(?:\{[{%].*?[%}]\}|\"(?:\{\{.*?\}\}|[^\"])*\"|[^>\"{])*)>")
_CLASS = re.compile(r'\sclass="([^"]*)"')
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_SHEET = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_AT_RULE = re.compile(r"@[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|/\*.*?\*/", re.DOTALL)
_SELECTORS = re.compile(r"([^{}]+)\{[^{}]*\}")
_SIMPLE = re.compile(r"[a-z][a-z0-9]*|([a-z][a-z0-9]*)?\.[a-z][a-z0-9-]*")
_SPACE = re.compile(r"(?:\s*([{};,])|(?<=:))\s*")
_CLASS_OF_SELECTOR = re.compile(r"\.([a-z][a-z0-9-]*)")
# A parser of HTML drops these tags elsewhere.
_AROUND = {"td": "<table><tr>", "th": "<table><tr>", "tr": "<table>", "caption": "<table>", "tbody": "<table>"}


class Stylesheet:
    """The rules of a page's <style>; their selectors are tags, .classes and tag.classes only.

    So the look of a tag hangs on nothing but itself, and is found once for a template, instead of once for each mail:
    inlining a finished mail takes as long again as rendering a short one (docs/decisions/0007).
    """

    def __init__(self, page: str) -> None:
        found = _SHEET.search(page)
        self._rules = found[1] if found else ""
        self._inliner = CSSInliner(keep_at_rules=True, minify_css=True, load_remote_stylesheets=False)
        kept = _SHEET.search(self._inliner.inline(f"<style>{self._rules}</style>"))
        self._at_rules = _SPACE.sub(r"\1", kept[1].strip()) if kept else ""
        self._living = frozenset(_CLASS_OF_SELECTOR.findall(self._at_rules))
        self._looks_of = cache(self._look)

    @property
    def unusable(self) -> list[str]:
        """The selectors that hang on more than a tag and its class, and would be without effect."""
        found = _SELECTORS.findall(_AT_RULE.sub("", self._rules))
        selectors = [selector.strip() for each in found for selector in each.split(",")]
        return [selector for selector in selectors if not _SIMPLE.fullmatch(selector)]

    def apply(self, template: str) -> str:
        """The template with a style attribute in each tag that a rule is for; what is inside @media stays a sheet."""
        if not self._rules:
            return template
        sheet = f"<style>{self._at_rules}</style>" if self._at_rules else ""
        # What is found wrong in a line of the template is still named by that line.
        gone = "\n" * (self._rules.count("\n") - sheet.count("\n"))
        template = _SHEET.sub(lambda _: f"{{% raw %}}{sheet}{{% endraw %}}{{#{gone}#}}", template)
        return _TAG.sub(self._styled, template)

    def _styled(self, tag: re.Match[str]) -> str:
        name, rest = tag["name"], tag["rest"]
        named, own = _CLASS.search(rest), _STYLE.search(rest)
        classes = named[1] if named else ""
        look = self._looks_of(name, classes)
        if named:
            # A class that no rule of the sheet that stays is for would be ballast.
            living = " ".join(each for each in classes.split() if each in self._living)
            rest = rest.replace(named[0], f' class="{living}"' if living else "", 1)
        if not look:
            return f"<{name}{rest}>"
        if own:
            look = f"{look};{own[1]}"
            rest = rest.replace(own[0], "", 1)
        return f'<{name}{rest} style="{look}">'

    def _look(self, name: str, classes: str) -> str:
        page = f'<style>{self._rules}</style>{_AROUND.get(name, "")}<{name} class="{classes}">'
        found = re.search(rf'<{name} class="{re.escape(classes)}" style="([^"]*)"', self._inliner.inline(page))
        return found[1] if found else ""
