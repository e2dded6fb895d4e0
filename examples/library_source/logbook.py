"""Writes the logbook of a travelling fitter: as many pages of varied prose as a load test needs.

Every page tells of one visit with its own people, dates, machines and figures, in some 2,900 characters. The text is
a function of the page's number alone, so that 20 pages are the first 20 of 200.
"""

from collections.abc import Mapping, Sequence

from library_source.report.world import MONTHS, draw

LONGEST_PAGE = 2940

_WORD_LINES = """
machine: Heron 180, Heron 180L, Gannet 25, Tern 140, Plover 16, Petrel 60, Dunlin 150
town: Ennis, Kilrush, Youghal, Dungarvan, Arklow, Galway, Sligo, Cuxhaven, Leer, Emden, Husum, Wismar
town: Llanes, Luarca, Ferrol, Ovar, Viseu, Tavira, Hel, Sopot, Ustka, Asilah, Larache, Chefchaouen
first: Maeve, Conor, Imke, Hauke, Nuria, Pelayo, Rita, Nuno, Agata, Marek, Salma, Hicham, Ebba, Aurel
last: Corrigan, Feeney, Harms, Oltmanns, Pravia, Cueto, Moreira, Bastos, Lis, Dudek, Berrada, Strand
place: a school of boat building, a bicycle shop, a repair café, a pump factory, a clock maker, a vocational college
place: a smithy, a museum railway, a fish cannery, a hospital, a maker of bagpipes, a wind farm
part: half nut, gib strip, spindle bearing, speed sensor, flat cable, ribbed belt, quill spring, guard magnet
part: blade guide, table clamp, filter seal, tailstock lever, change gear, damper, fan bracket, lamp socket
cause: chips had been driven under the wiper by compressed air, the belt had been tightened with a crowbar
cause: a mouse had nested in the louvre of the controller, the coolant had not been changed since the spring
cause: someone had fitted a part from a grinder, the bench gave way by half a millimetre whenever a lorry passed
cause: the screws had been tightened in the order of the alphabet, the machine had stood in a flooded cellar
cause: the oil hole had been painted over, the wrong fuse had been wrapped in foil, the level had been set with a marble
remedy: I cleaned the slideways and set the gibs anew, we took the headstock off and aligned it with the test bar
remedy: a new cable was soldered on the spot, the part was exchanged from the box in the van
remedy: I scraped the seat for an hour, a shim of 0.05 mm under the rear foot did it
remedy: we ran the machine in again from the beginning, I drilled the hole out and fitted a bush
mood: glad, surprised, delighted, relieved, amused, a little ashamed, unimpressed, happy
weather: rain from the west, fog until noon, a dry east wind, hail, drizzle, frost on the road
meal: soup and bread, fried mackerel, a plate of lentils, potato pancakes, tea and fig cake, a cheese sandwich
"""

_SENTENCES: Sequence[str] = (
    "{first} {last} met me at the gate and was {mood} to see that I had come by train.",
    "There was {weather}, and the way from the station took {n2} minutes on foot.",
    "The workshop of {place_here} has {n1} machines of ours, the oldest with the serial number {serial}.",
    "They had rung about a {machine} whose {part} made trouble after {n4} running hours.",
    "On the test piece I measured {mm} mm of taper over 100 mm, where 0.02 mm would have been as new.",
    "It turned out that {cause}.",
    "After some thought {remedy}.",
    "The run-out at the spindle nose was {mm3} mm before the work and {mm2} mm after it.",
    "I left them a spare {part}, number 180-{n4}, and wrote down where it goes.",
    "Their {machine} turns out {n3} pieces a week, most of them from bar stock of {n2} mm.",
    "{first} {last} asked whether the {part} could be had in bronze, and I promised to pass the question on to Cork.",
    "The bill came to {euro} euros, of which {n2} were for the journey.",
    "A pupil of {age} showed me a thread of {pitch} mm that was better than mine.",
    "In the log of the controller I found E{digit} entered {n1} times since {month}.",
    "Voltage at the socket was {volt} V in the morning and {volt2} V when the compressor ran.",
    "They cut at {rpm} rpm what the table in the manual wants cut at {rpm2} rpm.",
    "For lunch there was {meal}, and talk about the price of steel, which had risen by {n1} per cent since {month}.",
    "On the way out I saw a {machine} under a tarpaulin; it had been bought in {year} and never been switched on.",
    "{first} {last} keeps a notebook in which each belt has a page, and the present one is number {n2}.",
    "The backlash of the cross slide was down from {mm3} to {mm2} mm when we had finished.",
    "I advised them to renew the {part} before {month}, and to read chapter {digit} before the next attempt.",
    "Their extractor moved {n3} cubic metres an hour less than it should, as {cause}.",
    "We agreed on another visit in {month}, on the {day}th if the ferry runs.",
    "Of the {n2} screws on the cover, {digit} were missing and two were from a bed.",
    "The test run took {n3} minutes and the temperature of the headstock stayed at {temp} degrees.",
    "It is the third time this year that {cause}, and I have asked for a line about it in the next edition.",
    "{place_cap} is not where one expects a {machine}, but it was the best kept of the {n1} that I saw in {month}.",
    "While I waited for the paint to dry, {first} {last} told me how the first lathe had come up the stairs.",
    "What had been taken for a broken {part} was only loose; {remedy}, and that was all.",
    "The old {part} weighed {n3} grams less than the new one, so much had been worn away.",
    "I had to send to Gdynia for a {part}, which came after {n1} days with a note wishing me luck.",
    "They would like to sell the machine and buy a {machine} instead, if somebody gives {euro} euros for it.",
)


def _read_words(lines: str) -> Mapping[str, Sequence[str]]:
    words: dict[str, list[str]] = {}
    for line in lines.strip().splitlines():
        kind, _, values = line.partition(": ")
        words.setdefault(kind, []).extend(values.split(", "))
    return words


_WORDS = _read_words(_WORD_LINES)


def write_page(number: int) -> tuple[str, list[str]]:
    """Heading and paragraphs of a page; number counts from 1."""
    town, place = _pick(f"{number}/town", "town"), _pick(f"{number}/place", "place")
    day = f"{draw(f'{number}/day', 1, 28)} {MONTHS[(number - 1) % 12]} {2010 + (number - 1) // 14 % 15}"
    heading = f"Visit {number}: {town}, {day}"
    opening = f"Job {number} of this book took me to {town}."
    paragraphs: list[str] = []
    sentences = [opening]
    length = 0
    step = draw(f"{number}/step", 1, 15) * 2 + 1
    start = draw(f"{number}/start", 0, len(_SENTENCES) - 1)
    for position in range(len(_SENTENCES)):
        # An odd step visits each of the 32 templates once before any comes again.
        template = _SENTENCES[(start + position * step) % len(_SENTENCES)]
        sentence = _fill(template, f"{number}/{position}", place)
        if length + sum(map(len, sentences)) + len(sentence) + 60 > LONGEST_PAGE:
            break
        sentences.append(sentence)
        if len(sentences) == 5:
            paragraphs.append(" ".join(sentences))
            length += len(paragraphs[-1])
            sentences = []
    return heading, [*paragraphs, " ".join(sentences)] if sentences else paragraphs


def _pick(key: str, kind: str) -> str:
    words = _WORDS[kind]
    return words[draw(key, 0, len(words) - 1)]


def _fill(template: str, key: str, place_here: str) -> str:
    values = {kind: _pick(f"{key}/{kind}", kind) for kind in _WORDS}
    values |= {
        "n1": str(draw(f"{key}/n1", 3, 12)),
        "n2": str(draw(f"{key}/n2", 13, 48)),
        "n3": str(draw(f"{key}/n3", 51, 190)),
        "n4": f"{draw(f'{key}/n4', 1010, 8990)}",
        "mm": f"0.{draw(f'{key}/mm', 3, 12):02d}",
        "mm2": f"0.0{draw(f'{key}/mm2', 10, 60):02d}",
        "mm3": f"0.{draw(f'{key}/mm3', 70, 290):03d}",
        "euro": str(draw(f"{key}/euro", 64, 960)),
        "pitch": ("0.70", "0.75", "0.80", "1.25", "1.50", "1.75")[draw(f"{key}/pitch", 0, 5)],
        "digit": str(draw(f"{key}/digit", 1, 9)),
        "age": str(draw(f"{key}/age", 15, 19)),
        "volt": str(draw(f"{key}/volt", 221, 238)),
        "volt2": str(draw(f"{key}/volt2", 191, 214)),
        "rpm": f"{draw(f'{key}/rpm', 12, 26) * 100:,}",
        "rpm2": str(draw(f"{key}/rpm2", 6, 95) * 10),
        "temp": str(draw(f"{key}/temp", 31, 59)),
        "month": MONTHS[draw(f"{key}/month", 0, 11)],
        "day": str(draw(f"{key}/date", 4, 20)),
        "year": str(draw(f"{key}/year", 2006, 2022)),
        "serial": f"{draw(f'{key}/s1', 11, 24)}-{draw(f'{key}/s2', 1000, 19999):05d}",
    }
    place = values["place"]
    return template.format(**values, place_here=place_here, place_cap=place[0].upper() + place[1:])
