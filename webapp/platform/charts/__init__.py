"""Charts: numbers as SVG that the server draws, each with its table."""

from webapp.platform.charts.chart import BARS, LINES, Chart, Series
from webapp.platform.charts.scale import Scale

__all__ = ["BARS", "LINES", "Chart", "Scale", "Series"]
