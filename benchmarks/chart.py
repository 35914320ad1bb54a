"""A chart of where the CPU time of a picture goes: stacked bars, as an SVG."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

Budgets = Mapping[str, Mapping[str, float]]  # by picture and stage: milliseconds of CPU

WIDTH, LABEL, RIGHT = 720, 150, 70  # pixels
BAR, GAP, TOP = 26, 18, 46
# Okabe and Ito's colours, which people with any colour vision tell apart.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")


def stacked_bars(budgets: Budgets, title: str) -> str:
    """One bar a picture, one colour a stage; the same scale for all."""
    stages = list(dict.fromkeys(stage for budget in budgets.values() for stage in budget))
    colours = {stage: COLOURS[n % len(COLOURS)] for n, stage in enumerate(stages)}
    longest = max(sum(budget.values()) for budget in budgets.values())
    scale = (WIDTH - LABEL - RIGHT) / longest
    height = TOP + len(budgets) * (BAR + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        *_legend(colours),
    ]
    for number, (picture, budget) in enumerate(budgets.items()):
        parts += _bar(picture, budget, TOP + number * (BAR + GAP), scale, colours)
    return "\n".join([*parts, "</svg>\n"])


def _legend(colours: Mapping[str, str]) -> list[str]:
    parts, x = [], LABEL
    for stage, colour in colours.items():
        parts.append(f'<rect x="{x}" y="12" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18}" y="23">{escape(stage)}</text>')
        x += 40 + 8 * len(stage)
    return parts


def _bar(
    picture: str, budget: Mapping[str, float], top: int, scale: float, colours: Mapping[str, str]
) -> list[str]:
    middle = top + BAR / 2 + 5
    parts = [f'<text x="{LABEL - 10}" y="{middle}" text-anchor="end">{escape(picture)}</text>']
    x = float(LABEL)
    for stage, milliseconds in budget.items():
        width = milliseconds * scale
        parts.append(
            f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" '
            f'fill="{colours[stage]}"><title>{escape(stage)}: {milliseconds:.1f} ms</title></rect>'
        )
        x += width
    total = sum(budget.values())
    return [*parts, f'<text x="{x + 8:.1f}" y="{middle}">{total:.0f} ms</text>']
