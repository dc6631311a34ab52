"""The model card's pictures as SVG, in colours that follow the reader's light or dark mode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

Points = Sequence[tuple[float, float]]

_LEFT, _TOP, _SIDE = 60, 40, 320
_LABELS, _LENGTH, _BAR = 190, 300, 22

_STYLE = """\
<style>
.ground{fill:#fff} text{font:12px system-ui,sans-serif;fill:#1f2328} .title{font-weight:600;font-size:14px}
.grid{stroke:#d1d9e0} .ideal{stroke:#818b98;stroke-dasharray:4} .said{stroke:#0969da;fill:none;stroke-width:2}
.dot,.bar{fill:#0969da} .goal{fill:none;stroke:#bc4c00;stroke-width:2}
@media (prefers-color-scheme:dark){.ground{fill:#0d1117} text{fill:#f0f6fc} .grid{stroke:#3d444d}
.ideal{stroke:#9198a1} .said{stroke:#4493f8} .dot,.bar{fill:#4493f8} .goal{stroke:#f0883e}}
</style>"""


@dataclass(frozen=True, slots=True)
class Square:
    """A plot of shares (0 to 1) over shares: a line through points, each with a dot of the size of its count.

    `goal` is a point to reach, drawn as a ring; `diagonal` draws where both shares are the same.
    """

    title: str
    across: str
    up: str
    points: Points
    counts: Sequence[int] = ()
    goal: tuple[float, float] | None = None
    diagonal: bool = False

    def svg(self) -> str:
        """The picture."""
        return _picture(self.title, _LEFT + _SIDE + 30, _TOP + _SIDE + 55, self._drawn())

    def _drawn(self) -> Iterator[str]:
        bottom, middle = _TOP + _SIDE, _LEFT + _SIDE // 2
        for part in range(6):
            share = part / 5
            (x, y), right = _at(share, share), _LEFT + _SIDE
            yield f'<path class="grid" d="M{x} {_TOP}V{bottom}M{_LEFT} {y}H{right}"/>'
            yield f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{share:.1f}</text>'
            yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{share:.1f}</text>'
        yield f'<text x="{middle}" y="{bottom + 42}" text-anchor="middle">{escape(self.across)}</text>'
        height = _TOP + _SIDE // 2
        yield f'<text transform="translate(16 {height}) rotate(-90)" text-anchor="middle">{escape(self.up)}</text>'
        if self.diagonal:
            yield f'<path class="ideal" d="M{_LEFT} {bottom}L{_LEFT + _SIDE} {_TOP}"/>'
        places = [_at(*point) for point in self.points]
        yield f'<polyline class="said" points="{" ".join(f"{x},{y}" for x, y in places)}"/>'
        most = max(self.counts, default=1)
        for (x, y), count in zip(places, self.counts or [1] * len(places), strict=True):
            radius = 3 + (6 * (count / most) ** 0.5 if self.counts else 0)
            yield f'<circle class="dot" cx="{x}" cy="{y}" r="{radius:.1f}"/>'
        if self.goal:
            x, y = _at(*self.goal)
            yield f'<circle class="goal" cx="{x}" cy="{y}" r="8"><title>to reach</title></circle>'


def bars(title: str, rows: Iterable[tuple[str, float]]) -> str:
    """A picture with one bar a row: its name and its share (0 to 1)."""
    listed = list(rows)
    return _picture(title, _LABELS + _LENGTH + 60, _TOP + _BAR * len(listed) + 15, _bars(listed))


def _bars(rows: Iterable[tuple[str, float]]) -> Iterator[str]:
    for number, (name, share) in enumerate(rows):
        y = _TOP + _BAR * number
        yield f'<text x="{_LABELS - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
        yield f'<rect class="bar" x="{_LABELS}" y="{y + 3}" width="{share * _LENGTH:.1f}" height="{_BAR - 8}"/>'
        yield f'<text x="{_LABELS + share * _LENGTH + 6:.1f}" y="{y + 14}">{share:.2f}</text>'


def _picture(title: str, width: int, height: int, drawn: Iterable[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    named = f'{head} role="img">\n<title>{escape(title)}</title>'
    ground = f'<rect class="ground" width="{width}" height="{height}"/>'
    shown = f'<text class="title" x="{width // 2}" y="24" text-anchor="middle">{escape(title)}</text>'
    return "\n".join([named, _STYLE, ground, shown, *drawn, "</svg>"]) + "\n"


def _at(across: float, up: float) -> tuple[float, float]:
    return round(_LEFT + across * _SIDE, 1), round(_TOP + (1 - up) * _SIDE, 1)
