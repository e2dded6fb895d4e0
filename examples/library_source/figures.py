"""Line drawings of the manual, drawn as vectors from simple shapes."""

import math
from collections.abc import Callable, Sequence

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect, Shape, String
from reportlab.lib.colors import Color, HexColor, white

INK = HexColor("#23394d")
PALE = HexColor("#e6ebef")
MID = HexColor("#b4c1cb")
SIGNAL = HexColor("#c8553d")


def draw_figure(name: str) -> Drawing:
    """The drawing of that name, 380 points wide. Raises KeyError for an unknown name."""
    return _FIGURES[name]()


def _box(x: float, y: float, width: float, height: float, fill: Color = PALE, radius: float = 0) -> Rect:
    return Rect(x, y, width, height, rx=radius, ry=radius, fillColor=fill, strokeColor=INK, strokeWidth=0.9)


def _text(x: float, y: float, text: str, size: float = 8, anchor: str = "middle") -> String:
    return String(x, y, text, fontName="Helvetica", fontSize=size, fillColor=INK, textAnchor=anchor)


def _line(x1: float, y1: float, x2: float, y2: float, width: float = 0.9) -> Line:
    return Line(x1, y1, x2, y2, strokeColor=INK, strokeWidth=width)


def _callout(x: float, y: float, number: int, to_x: float, to_y: float) -> list[Shape]:
    return [
        Line(x, y, to_x, to_y, strokeColor=SIGNAL, strokeWidth=0.7),
        Circle(to_x, to_y, 1.4, fillColor=SIGNAL, strokeColor=None),
        Circle(x, y, 8, fillColor=white, strokeColor=SIGNAL, strokeWidth=0.9),
        _text(x, y - 3, str(number)),
    ]


def _drawing(height: float, shapes: Sequence[Shape]) -> Drawing:
    drawing = Drawing(380, height)
    for shape in shapes:
        drawing.add(shape)
    return drawing


def _arrow(x1: float, y1: float, x2: float, y2: float) -> list[Shape]:
    """A dimension line with a head at both ends."""
    shapes: list[Shape] = [_line(x1, y1, x2, y2, 0.6)]
    angle = math.atan2(y2 - y1, x2 - x1)
    for x, y, direction in ((x1, y1, angle), (x2, y2, angle + math.pi)):
        points = [x, y]
        for side in (-0.35, 0.35):
            points += [x + 6 * math.cos(direction + side), y + 6 * math.sin(direction + side)]
        shapes.append(Polygon(points, fillColor=INK, strokeColor=None))
    return shapes


def _overview() -> Drawing:
    shapes: list[Shape] = [
        _box(20, 20, 340, 12, MID),
        _box(40, 40, 310, 26),
        _box(40, 66, 92, 84, PALE, 4),
        _box(52, 100, 40, 28, white, 2),
        Circle(114, 84, 8, fillColor=SIGNAL, strokeColor=INK),
        _box(132, 92, 12, 44, MID),
        _box(144, 84, 26, 60),
        _line(144, 104, 170, 104),
        _line(144, 124, 170, 124),
        _box(170, 108, 50, 12, white),
        _box(198, 66, 70, 16),
        _box(206, 82, 52, 12, MID),
        _box(220, 94, 34, 10),
        _box(226, 104, 22, 20, MID),
        _box(300, 66, 34, 38),
        _box(286, 104, 56, 22, PALE, 3),
        Polygon([286, 110, 286, 120, 268, 115], fillColor=MID, strokeColor=INK),
        Circle(352, 115, 9, fillColor=white, strokeColor=INK),
        _line(40, 50, 350, 50, 2.2),
    ]
    places = [
        (60, 168, 70, 140),
        (132, 168, 140, 134),
        (180, 168, 158, 140),
        (232, 168, 237, 122),
        (276, 148, 246, 99),
        (276, 92, 256, 88),
        (320, 158, 316, 122),
        (366, 80, 345, 60),
        (366, 34, 330, 50),
        (14, 40, 30, 26),
    ]
    for number, (x, y, to_x, to_y) in enumerate(places, start=1):
        shapes += _callout(x, y, number, to_x, to_y)
    return _drawing(182, shapes)


def _panel() -> Drawing:
    shapes: list[Shape] = [
        _box(50, 8, 280, 138, PALE, 8),
        _box(74, 60, 126, 70, white, 3),
        String(137, 92, "1,240", fontName="Helvetica-Bold", fontSize=26, fillColor=INK, textAnchor="middle"),
        _text(188, 92, "rpm", 7),
        _box(84, 68, 106, 9, white),
        _box(84, 68, 62, 9, HexColor("#7a9e7a")),
        _text(137, 116, "LOW RANGE   FORWARD", 7),
        _text(137, 80, "LOAD", 5.5),
        Circle(276, 96, 26, fillColor=HexColor("#e8c547"), strokeColor=INK),
        Circle(276, 96, 17, fillColor=SIGNAL, strokeColor=INK),
        _text(276, 56, "EMERGENCY STOP", 6.5),
    ]
    keys = [("START", HexColor("#7a9e7a")), ("STOP", SIGNAL), ("–", white), ("+", white), ("MENU", HexColor("#e8c547"))]
    for number, (label, fill) in enumerate(keys):
        x = 72 + number * 34
        shapes += [_box(x, 24, 26, 20, fill, 4), _text(x + 13, 14, label, 6)]
    shapes += [
        Circle(296, 28, 9, fillColor=MID, strokeColor=INK),
        _line(296, 22, 296, 34, 1.6),
        _text(296, 12, "KEY", 6),
    ]
    return _drawing(152, shapes)


def _belt() -> Drawing:
    shapes: list[Shape] = []
    for offset, title, motor, spindle in (
        (0, "Low range: 60 to 1,100 rpm", 12, 34),
        (190, "High range: 150 to 2,600 rpm", 24, 24),
    ):
        motor_x, spindle_x, y = offset + 50, offset + 135, 70
        shapes += [
            Circle(spindle_x, y, 38, fillColor=PALE, strokeColor=MID),
            Circle(motor_x, y, 28, fillColor=PALE, strokeColor=MID),
            Circle(spindle_x, y, spindle, fillColor=MID, strokeColor=INK),
            Circle(motor_x, y, motor, fillColor=MID, strokeColor=INK),
            Circle(spindle_x, y, 6, fillColor=white, strokeColor=INK),
            Circle(motor_x, y, 4, fillColor=white, strokeColor=INK),
            _line(motor_x, y + motor, spindle_x, y + spindle, 2.4),
            _line(motor_x, y - motor, spindle_x, y - spindle, 2.4),
            _text(motor_x, 20, "Motor"),
            _text(spindle_x, 20, "Spindle"),
            _text(offset + 92, 4, title),
        ]
    return _drawing(116, shapes)


def _clearance() -> Drawing:
    shapes: list[Shape] = [
        _box(40, 16, 310, 124, white),
        _box(100, 78, 150, 46, MID),
        _text(175, 98, "Heron 180"),
        _text(175, 4, "Operator"),
        *_arrow(42, 100, 98, 100),
        _text(70, 104, "300", 7.5),
        *_arrow(252, 100, 348, 100),
        _text(300, 104, "600", 7.5),
        *_arrow(175, 126, 175, 139),
        _text(190, 129, "120", 7.5),
        *_arrow(175, 18, 175, 76),
        _text(190, 46, "900", 7.5),
    ]
    return _drawing(146, shapes)


def _wiring() -> Drawing:
    labels = [
        "Mains\n230 V",
        "Breaker\nC 10 A",
        "Fuse F1\n6.3 A",
        "Emergency\nstop",
        "Chuck\nguard",
        "Gear\ncover",
        "Drive\nX4",
    ]
    shapes: list[Shape] = []
    for number, label in enumerate(labels):
        x = 4 + number * 54
        shapes.append(_box(x, 34, 44, 36, MID if number in (0, 6) else PALE, 3))
        for row, part in enumerate(label.split("\n")):
            shapes.append(_text(x + 22, 55 - row * 11, part, 7))
        if number:
            shapes.append(_line(x - 10, 52, x, 52, 1.6))
    shapes += [
        PolyLine([134, 34, 134, 14, 350, 14, 350, 34], strokeColor=INK, strokeWidth=0.8, strokeDashArray=[3, 2]),
        _text(242, 4, "supply of the display, not interrupted by the emergency stop", 7),
        _text(242, 78, "safety chain", 7),
    ]
    return _drawing(90, shapes)


def _speeds() -> Drawing:
    left, bottom, width, height = 46, 28, 310, 140
    shapes: list[Shape] = [_box(left, bottom, width, height, white)]
    for rpm in (100, 200, 500, 1000, 2600):
        y = bottom + height * math.log(rpm / 50) / math.log(3000 / 50)
        shapes += [Line(left, y, left + width, y, strokeColor=PALE), _text(left - 4, y - 3, f"{rpm:,}", 7, "end")]
    for diameter in (10, 20, 40, 60, 80, 100):
        x = left + width * math.log(diameter / 8) / math.log(110 / 8)
        shapes += [Line(x, bottom, x, bottom + height, strokeColor=PALE), _text(x, bottom - 10, str(diameter), 7)]
    for label, surface in (("Stainless steel", 15), ("Mild steel", 25), ("Brass", 60), ("Aluminium", 75)):
        points: list[float] = []
        for step in range(60):
            diameter_mm = 8 * (105 / 8) ** (step / 59)
            rpm_value = min(2600.0, surface * 1000 / math.pi / diameter_mm)
            if rpm_value >= 52:
                points += [
                    left + width * math.log(diameter_mm / 8) / math.log(110 / 8),
                    bottom + height * math.log(rpm_value / 50) / math.log(3000 / 50),
                ]
        shapes.append(PolyLine(points, strokeColor=INK if surface != 60 else SIGNAL, strokeWidth=1.3))
        at = 2 * {"Brass": 20, "Aluminium": 24}.get(label, 38)
        below = label in ("Brass", "Stainless steel")
        shapes.append(
            _text(
                points[at] + (-3 if below else 3),
                points[at + 1] + (-11 if below else 5),
                label,
                7,
                "end" if below else "start",
            )
        )
    shapes += [_text(left + width / 2, 4, "Diameter in mm", 7.5), _text(4, bottom + height + 6, "rpm", 7.5, "start")]
    return _drawing(182, shapes)


def _gears() -> Drawing:
    shapes: list[Shape] = []
    for x, y, radius, label in ((70, 92, 26, "A"), (136, 74, 42, "B"), (136, 74, 22, "C"), (210, 60, 52, "D")):
        teeth = int(radius * 0.9)
        points: list[float] = []
        for tooth in range(teeth * 2):
            angle, reach = math.pi * tooth / teeth, radius + (2.6 if tooth % 2 else 0)
            points += [x + reach * math.cos(angle), y + reach * math.sin(angle)]
        shapes += [
            Polygon(points, fillColor=PALE if label in "AD" else MID, strokeColor=INK, strokeWidth=0.8),
            Circle(x, y, 4, fillColor=white, strokeColor=INK),
            _text(x, y + radius - 12, label, 9),
        ]
    shapes += [
        _text(70, 128, "driving stud", 7),
        _text(240, 2, "leadscrew", 7, "start"),
        _text(286, 84, "ratio = A × C / (B × D)", 8.5, "start"),
        _text(286, 68, "pitch = 2 mm × ratio", 8.5, "start"),
    ]
    return _drawing(136, shapes)


_FIGURES: dict[str, Callable[[], Drawing]] = {
    "overview": _overview,
    "panel": _panel,
    "belt": _belt,
    "clearance": _clearance,
    "wiring": _wiring,
    "speeds": _speeds,
    "gears": _gears,
}
