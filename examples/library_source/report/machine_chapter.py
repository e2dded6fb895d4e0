"""The chapters on machines and on suppliers."""

from library_source.markup import Bars, Bullets, Heading, Paragraph, Part, Table
from library_source.report.world import QUARTERS, SHORT_REGIONS, Machine, Supplier, long_date

_SHORT_QUARTERS = ("Q1", "Q2", "Q3", "Q4")


def write_machine(machine: Machine, turn: int) -> list[Part]:
    """Deliveries, claims, changes and footprint of one machine."""
    return [
        Heading(1, f"{machine.name}, {machine.kind}"),
        *_overview(machine, turn),
        *_deliveries(machine, turn),
        *_claims(machine),
        *_changes(machine),
        *_footprint(machine, turn),
    ]


def _overview(machine: Machine, turn: int) -> list[Part]:
    total = sum(machine.deliveries)
    texts = (
        (
            f"{machine.engineer} is the engineer in charge. A {machine.name} weighs {machine.mass} kg and is sold to "
            f"dealers at {machine.price:,} euros net on average."
        ),
        (
            f"The machine, launched in {machine.launched}, weighs {machine.mass} kg. {machine.engineer} answers for "
            f"the design, and the mean net price was {machine.price:,} euros."
        ),
    )
    revenue = total * machine.price / 1_000_000
    return [
        Heading(2, "Overview"),
        Paragraph(machine.intro),
        Paragraph(f"{texts[turn % 2]} With {total:,} deliveries, it brought in {revenue:.1f} million euros."),
    ]


def _regions(machine: Machine) -> list[tuple[int, ...]]:
    """Deliveries by quarter and region; the last region takes up what rounding leaves."""
    rows = []
    for amount in machine.deliveries:
        parts = [round(amount * share / 100) for share in machine.regions[:-1]]
        rows.append((*parts, amount - sum(parts)))
    return rows


def _deliveries(machine: Machine, turn: int) -> list[Part]:
    by_quarter = _regions(machine)
    sums = tuple(sum(column) for column in zip(*by_quarter, strict=True))
    total = sum(machine.deliveries)
    rows = [
        (quarter, *(f"{amount:,}" for amount in amounts), f"{sum(amounts):,}")
        for quarter, amounts in zip(QUARTERS, by_quarter, strict=True)
    ]
    rows.append(("Year", *(f"{amount:,}" for amount in sums), f"{total:,}"))
    first, last = machine.deliveries[0], machine.deliveries[3]
    top = max(range(5), key=lambda region: sums[region])
    names = (
        "Ireland and Britain",
        "Germany, Austria and Switzerland",
        "Spain and Portugal",
        "the Nordic countries and Poland",
        "other countries",
    )
    texts = (
        (
            f"Deliveries rose from {first:,} in the first quarter to {last:,} in the fourth. Most machines, "
            f"{sums[top]:,}, went to {names[top]}."
        ),
        (
            f"The largest market was {names[top]}, with {sums[top]:,} machines. In the fourth quarter {last:,} "
            f"machines were delivered, as against {first:,} in the first."
        ),
    )
    return [
        Heading(2, "Deliveries"),
        Paragraph(texts[turn % 2]),
        Table(
            f"Deliveries of the {machine.name} by quarter and region", ("Quarter", *SHORT_REGIONS, "Total"), tuple(rows)
        ),
        Bars(
            f"Deliveries of the {machine.name} by quarter",
            "machines",
            _SHORT_QUARTERS,
            (("Delivered", tuple(map(float, machine.deliveries))),),
        ),
    ]


def _claims(machine: Machine) -> list[Part]:
    total = sum(machine.failures.values())
    rate = total / sum(machine.deliveries) * 1000
    ranked = sorted(machine.failures.items(), key=lambda item: (item[0] == "Other", -item[1]))
    rows = [(name, str(count), f"{count / total * 100:.0f} %") for name, count in ranked]
    return [
        Heading(2, "Warranty claims"),
        Paragraph(
            f"We accepted {total} claims under warranty, or {rate:.1f} for each thousand machines delivered in the "
            f"year. {machine.failure_text}"
        ),
        Table(
            f"Warranty claims for the {machine.name} by part",
            ("Part", "Claims", "Share"),
            (*rows, ("Total", str(total), "100 %")),
        ),
        Bars(
            f"Warranty claims for the {machine.name}",
            "claims",
            tuple(name for name, _ in ranked),
            (("Claims", tuple(float(count) for _, count in ranked)),),
        ),
    ]


def _changes(machine: Machine) -> list[Part]:
    return [
        Heading(2, "Changes to the design, and outlook"),
        Bullets(machine.changes, ordered=False),
        Paragraph(machine.outlook),
    ]


def _footprint(machine: Machine, turn: int) -> list[Part]:
    total = sum(machine.footprint.values())
    rows = [
        (name, str(amount), f"{amount / total * 100:.0f} %") for name, amount in machine.footprint.items() if amount
    ]
    largest = max(machine.footprint, key=lambda name: machine.footprint[name])
    texts = (
        (
            f"Until it reaches its buyer, a {machine.name} has caused emissions of {total} kg of carbon dioxide "
            f"equivalent, or {total / machine.mass:.1f} kg for each kilogram of its mass. {largest} are the largest "
            "item."
        ),
        (
            f"Making and delivering a {machine.name} causes {total} kg of carbon dioxide equivalent. The largest "
            f"part, {machine.footprint[largest]} kg, is due to {largest.lower()}."
        ),
    )
    return [
        Heading(2, "Footprint"),
        Paragraph(texts[turn % 2]),
        Table(
            f"Footprint of one {machine.name}, in kg of carbon dioxide equivalent",
            ("Stage", "kg", "Share"),
            (*rows, ("Total", str(total), "100 %")),
        ),
    ]


def write_suppliers(suppliers: tuple[Supplier, ...]) -> list[Part]:
    """An overview, then a section on each audit in order of date."""
    ordered = sorted(suppliers, key=lambda supplier: supplier.date)
    spend = sum(supplier.spend for supplier in suppliers)
    mean = sum(supplier.score for supplier in suppliers) / len(suppliers)
    rows = tuple(
        (supplier.name, supplier.country, f"{supplier.spend / 1000:,.0f}", str(supplier.score)) for supplier in ordered
    )
    parts: list[Part] = [
        Heading(1, "Suppliers"),
        Heading(2, "Audits in 2024"),
        Paragraph(
            f"{len(suppliers)} suppliers were audited, from whom we bought goods for {spend / 1_000_000:.1f} million "
            f"euros. The mean score was {mean:.1f} out of 100. Below 75 points a supplier has to present a plan "
            "within six weeks and is visited again within the year; this concerns "
            f"{sum(supplier.score < 75 for supplier in suppliers)} of them."
        ),
        Table(
            "Audited suppliers, in order of the audit", ("Supplier", "Country", "Spend (thousand euros)", "Score"), rows
        ),
    ]
    for turn, supplier in enumerate(ordered):
        parts += [Heading(2, supplier.name), Paragraph(_audit_text(supplier, turn))]
    return parts


def _audit_text(supplier: Supplier, turn: int) -> str:
    day = long_date(supplier.date)
    spend = f"{supplier.spend:,} euros"
    texts = (
        (
            f"{supplier.name} of {supplier.place} ({supplier.country}) has supplied {supplier.goods} since "
            f"{supplier.since}. {supplier.auditor} visited the works on {day} and gave {supplier.score} points. "
            f"{supplier.finding} {supplier.remedy} In 2024 we spent {spend} there."
        ),
        (
            f"The audit of {day} was conducted by {supplier.auditor} and ended with a score of {supplier.score}. "
            f"{supplier.finding} {supplier.remedy} The firm, in {supplier.place} ({supplier.country}), delivers "
            f"{supplier.goods}; we have bought from it since {supplier.since}, in 2024 for {spend}."
        ),
        (
            f"We buy {supplier.goods} from this firm in {supplier.place}, {supplier.country}: in 2024 for {spend}. "
            f"When {supplier.auditor} came on {day}, one thing mattered more than others. {supplier.finding} "
            f"{supplier.remedy} The score was {supplier.score}. The business relation goes back to {supplier.since}."
        ),
    )
    return texts[turn % 3]
