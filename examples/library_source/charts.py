"""Bar and line charts of the report, drawn as vectors."""

import math

from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib.colors import HexColor

from library_source.markup import Bars

PALETTE = ("#23394d", "#c8553d", "#7a9e9f", "#d9a441", "#8a7ca8")


def draw_chart(chart: Bars, width: float) -> Drawing:
    """The chart as a drawing of the given width in points, and 190 points high."""
    drawing = Drawing(width, 190)
    plot = HorizontalLineChart() if chart.is_line else VerticalBarChart()
    plot.x, plot.y, plot.width, plot.height = 48, 44, width - 64, 118
    plot.data = [list(values) for _, values in chart.series]
    plot.categoryAxis.categoryNames = list(chart.categories)
    plot.categoryAxis.labels.fontName = plot.valueAxis.labels.fontName = "Helvetica"
    plot.categoryAxis.labels.fontSize = plot.valueAxis.labels.fontSize = 7.5
    plot.valueAxis.valueMin = 0
    plot.valueAxis.valueMax = _round_up(max(max(values) for _, values in chart.series))
    plot.valueAxis.valueStep = plot.valueAxis.valueMax / 4
    plot.valueAxis.labelTextFormat = lambda value: f"{value:,.0f}"
    plot.valueAxis.visibleGrid = True
    plot.valueAxis.gridStrokeColor = HexColor("#dddddd")
    items = plot.lines if chart.is_line else plot.bars
    for number in range(len(chart.series)):
        colour = HexColor(PALETTE[number % len(PALETTE)])
        if chart.is_line:
            items[number].strokeColor, items[number].strokeWidth = colour, 1.6
        else:
            items[number].fillColor, items[number].strokeColor = colour, None
    if not chart.is_line:
        plot.groupSpacing = 8
    drawing.add(plot)
    drawing.add(String(2, 176, chart.unit, fontName="Helvetica", fontSize=7.5))
    drawing.add(_legend(chart, width))
    return drawing


def _legend(chart: Bars, width: float) -> Legend:
    legend = Legend()
    legend.x, legend.y = 48, 18
    legend.fontName, legend.fontSize = "Helvetica", 7.5
    legend.alignment, legend.boxAnchor = "right", "nw"
    legend.columnMaximum, legend.deltax = (1, min(110, (width - 60) / max(1, len(chart.series))))
    legend.dx = legend.dy = 6
    legend.strokeWidth = 0
    legend.colorNamePairs = [
        (HexColor(PALETTE[number % len(PALETTE)]), name) for number, (name, _) in enumerate(chart.series)
    ]
    return legend


def _round_up(value: float) -> float:
    """The next round number that is not below the value and divides by four."""
    power = 10.0 ** math.floor(math.log10(max(value, 1)))
    return next(step * power for step in (1.2, 1.6, 2.0, 2.4, 3.2, 4.0, 6.0, 8.0, 10.0, 12.0) if step * power >= value)
