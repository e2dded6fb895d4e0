"""The chapters on the company as a whole: figures put into the texts, and tables built from all works."""

from collections.abc import Mapping, Sequence

from library_source.markup import Bars, Heading, Paragraph, Part, Table, parse
from library_source.report.world import QUARTERS, Site, World, percent_change

DELIVERIES_2023 = 57420
OTHER_REVENUE = {"Spare parts": (9410, 9020), "Castings for other firms": (11860, 10410), "Service": (2140, 2310)}
MACHINES_REVENUE_2023 = 53980
SCOPE_3 = {
    "Goods bought": 14820, "Freight by road": 659, "Freight by sea": 62, "Freight by air": 252,
    "Business travel": 431, "Journeys to work": 718,
}  # fmt: skip
DIESEL_TONNES, CARBON_BURNT_TONNES = 118, 214


def write_text(world: World, name: str) -> list[Part]:
    """A text of `group.md` with its placeholders filled."""
    text = world.texts[name]
    for key, value in _figures(world).items():
        text = text.replace("{" + key + "}", value)
    return parse(text)


def glance(world: World) -> list[Part]:
    """The page that most readers open first."""
    figures = _figures(world)
    electricity = sum(sum(site.electricity) for site in world.sites)
    rows = (
        ("Machines delivered", figures["deliveries"], f"{DELIVERIES_2023:,}"),
        ("Revenue, million euros", figures["revenue"], f"{_revenue_2023() / 1000:.1f}"),
        ("Operating margin", "6.8 %", "7.4 %"),
        ("Employees", "810", "793"),
        ("Electricity used, MWh", f"{electricity:,}", f"{sum(site.electricity_2023 for site in world.sites):,}"),
        (
            "Gas used, MWh",
            f"{sum(sum(site.gas) for site in world.sites):,}",
            f"{sum(site.gas_2023 for site in world.sites):,}",
        ),
        (
            "Water drawn, cubic metres",
            f"{sum(sum(site.water_m3) for site in world.sites):,}",
            f"{sum(site.water_2023 for site in world.sites):,}",
        ),
        ("Accidents with days lost per million hours", figures["accident_rate"], "10.9"),
        ("Near misses reported", "871", "604"),
        ("Machines overhauled and sold again", "247", "212"),
    )
    totals = {machine.name: sum(machine.deliveries) for machine in world.machines}
    return [
        Heading(1, "The year at a glance"),
        Heading(2, "Key figures"),
        Table("Key figures of the group", ("Figure", "2024", "2023"), rows),
        Heading(2, "Deliveries by machine"),
        Bars(
            "Machines delivered in 2024",
            "machines",
            tuple(totals),
            (("Delivered", tuple(map(float, totals.values()))),),
        ),
        Paragraph(
            f"Each of the {figures['deliveries']} machines was assembled in Cork. The "
            f"{max(totals, key=lambda name: totals[name])} was the one delivered most often, {max(totals.values()):,} "
            f"times, and the {min(totals, key=lambda name: totals[name])} the one delivered least often, "
            f"{min(totals.values()):,} times."
        ),
        Heading(2, "Deliveries by quarter"),
        Table(
            "Machines delivered by quarter",
            ("Machine", "Q1", "Q2", "Q3", "Q4", "Year"),
            (
                *((m.name, *(f"{n:,}" for n in m.deliveries), f"{sum(m.deliveries):,}") for m in world.machines),
                ("All", *(f"{n:,}" for n in world.sites[0].output), figures["deliveries"]),
            ),
        ),
    ]


def _revenue(world: World) -> dict[str, float]:
    machines = sum(sum(machine.deliveries) * machine.price for machine in world.machines) / 1000
    return {"Machines": machines, **{name: float(now) for name, (now, _) in OTHER_REVENUE.items()}}


def _revenue_2023() -> int:
    return MACHINES_REVENUE_2023 + sum(before for _, before in OTHER_REVENUE.values())


def _figures(world: World) -> Mapping[str, str]:
    deliveries = sum(world.sites[0].output)
    revenue = _revenue(world)
    total = sum(revenue.values())
    operating = round(total * 0.068 / 1000, 1)
    solar = sum(sum(site.solar) for site in world.sites)
    electricity = sum(sum(site.electricity) for site in world.sites)
    rate = sum(site.accidents for site in world.sites) / sum(site.hours_thousand for site in world.sites) * 1000
    return {
        "bearing_days": "six",
        "deliveries": f"{deliveries:,}",
        "growth": f"{percent_change(deliveries, DELIVERIES_2023):.1f}",
        "revenue": f"{total / 1000:.1f}",
        "operating_result": f"{operating:.1f}",
        "net_result": f"{operating - 0.31 - 1.02:.1f}",
        "machine_share": f"{revenue['Machines'] / total * 100:.0f}",
        "solar_share": f"{solar / electricity * 100:.1f}",
        "accident_rate": f"{rate:.1f}",
        "revenue_table": _revenue_table(world),
        "headcount_table": _headcount_table(world),
        "energy_text": _energy_text(world),
        "emissions_text": _emissions_text(world),
        "water_text": _water_text(world),
        "waste_text": _waste_text(world),
        "accident_text": _accident_text(world),
    }


def _markdown(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"Table: {caption}", f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _revenue_table(world: World) -> str:
    before = {"Machines": MACHINES_REVENUE_2023, **{name: past for name, (_, past) in OTHER_REVENUE.items()}}
    rows = [
        (name, f"{amount:,.0f}", f"{before[name]:,}", f"{percent_change(amount, before[name]):+.1f} %")
        for name, amount in _revenue(world).items()
    ]
    total = sum(_revenue(world).values())
    rows.append(("Total", f"{total:,.0f}", f"{_revenue_2023():,}", f"{percent_change(total, _revenue_2023()):+.1f} %"))
    lines = _markdown("", ("Kind", "2024", "2023", "Change"), rows).splitlines()
    # The caption stands in the text, before the placeholder.
    return "\n".join(lines[1:])


def _headcount_table(world: World) -> str:
    rows: list[tuple[str, ...]] = [
        (
            site.name,
            str(site.people),
            str(site.women),
            str(site.apprentices),
            str(site.joiners),
            str(site.leavers),
            f"{site.sick} %",
        )
        for site in world.sites
    ]
    columns = [sum(int(row[column]) for row in rows) for column in range(1, 6)]
    rows.append(("Group", *(str(total) for total in columns), "4.8 %"))
    header = ("Works", "Employees", "Women", "Apprentices", "Joined", "Left", "Sick leave")
    return _markdown("Employees by works on 31 December 2024", header, rows)


def _energy_text(world: World) -> str:
    def row(site: Site) -> tuple[str, ...]:
        return (
            site.name, f"{sum(site.electricity):,}", f"{site.electricity_2023:,}", f"{sum(site.solar):,}",
            f"{sum(site.gas):,}", f"{site.gas_2023:,}",
        )  # fmt: skip

    rows = [row(site) for site in world.sites]
    totals = [sum(int(cells[column].replace(",", "")) for cells in rows) for column in range(1, 6)]
    rows.append(("Group", *(f"{total:,}" for total in totals)))
    deliveries = sum(world.sites[0].output)
    per_machine, before = (totals[0] * 1000 / deliveries, totals[1] * 1000 / DELIVERIES_2023)
    header = ("Works", "Electricity 2024", "Electricity 2023", "Own solar 2024", "Gas 2024", "Gas 2023")
    foundry = sum(world.sites[2].electricity)
    return (
        f"The works used {totals[0]:,} MWh of electricity and {totals[3]:,} MWh of gas. Gijón alone accounts for "
        f"{foundry / totals[0] * 100:.0f} per cent of the electricity, since melting iron is what takes most. For "
        f"each machine delivered, {per_machine:.0f} kWh were used, after {before:.0f} kWh in 2023.\n\n"
        f"{_markdown('Energy by works, in MWh', header, rows)}\n\n"
        f"Our own roofs supplied {totals[2]:,} MWh, {totals[2] / totals[0] * 100:.1f} per cent of what was used. The "
        "target for 2030 is 20 per cent; the halls in Gdynia and Aveiro still have room for 900 kilowatts of panels."
    )


def _emissions_text(world: World) -> str:
    rows = [
        (site.name, f"{site.scope_1:,.0f}", f"{site.scope_2:,.0f}", f"{site.scope_1 + site.scope_2:,.0f}")
        for site in world.sites
    ]
    gas, bought = (sum(site.scope_1 for site in world.sites), sum(site.scope_2 for site in world.sites))
    other = DIESEL_TONNES + CARBON_BURNT_TONNES
    rows.append(("Diesel and carbon burnt off", str(other), "", str(other)))
    rows.append(("Group", f"{gas + other:,.0f}", f"{bought:,.0f}", f"{gas + other + bought:,.0f}"))
    scope_3 = [(name, f"{tonnes:,}") for name, tonnes in SCOPE_3.items()]
    scope_3.append(("Total", f"{sum(SCOPE_3.values()):,}"))
    header = ("Works", "Scope 1, gas", "Scope 2", "Together")
    return (
        f"{_markdown('Emissions of our works in 2024, in tonnes', header, rows)}\n\n"
        "Bremerhaven causes more emissions than Gijón though it uses less than half as much electricity, because "
        "current in Germany still comes from coal in part. From 2025, when the hydropower contract begins, its scope "
        "2 emissions will be counted by the market as zero, and we shall print both figures.\n\n"
        f"{_markdown('Emissions of scope 3 in 2024, in tonnes', ('Source', 'Tonnes'), scope_3)}\n\n"
        "Pig iron and copper make up two thirds of the goods bought. The figure for journeys to work rests on a "
        "survey of 512 people."
    )


def _water_text(world: World) -> str:
    rows = [
        (site.name, *(f"{amount:,}" for amount in site.water_m3), f"{sum(site.water_m3):,}", f"{site.water_2023:,}")
        for site in world.sites
    ]
    total = sum(sum(site.water_m3) for site in world.sites)
    rows.append(("Group", *("" for _ in range(4)), f"{total:,}", f"{sum(site.water_2023 for site in world.sites):,}"))
    return (
        f"The works drew {total:,} cubic metres from the mains. More than two fifths of it go to Gijón, where the "
        "sand is wetted.\n\n"
        + _markdown("Water drawn, in cubic metres", ("Works", "Q1", "Q2", "Q3", "Q4", "2024", "2023"), rows)
    )


def _waste_text(world: World) -> str:
    rows = []
    for site in world.sites:
        total = sum(site.waste.values())
        residual = site.waste["Residual waste"]
        rows.append((site.name, f"{total:,}", str(residual), f"{residual / total * 100:.1f} %"))
    group = sum(sum(site.waste.values()) for site in world.sites)
    rest = sum(site.waste["Residual waste"] for site in world.sites)
    rows.append(("Group", f"{group:,}", str(rest), f"{rest / group * 100:.1f} %"))
    return (
        f"Waste of all kinds came to {group:,} tonnes, more than half of which are sand and slag from the foundry. "
        f"Residual waste was {rest} tonnes, or {rest * 1000 / 810:.0f} kg for each employee.\n\n"
        + _markdown("Waste by works, in tonnes", ("Works", "All waste", "Residual waste", "Share"), rows)
    )


def _accident_text(world: World) -> str:
    rows = []
    for site in world.sites:
        rate = site.accidents / site.hours_thousand * 1000
        rows.append(
            (
                site.name,
                str(site.accidents),
                str(site.days_lost),
                f"{site.hours_thousand},000",
                f"{rate:.1f}",
                str(site.near_misses),
            )
        )
    accidents, days = (sum(site.accidents for site in world.sites), sum(site.days_lost for site in world.sites))
    hours = sum(site.hours_thousand for site in world.sites)
    near = sum(site.near_misses for site in world.sites)
    rows.append(("Group", str(accidents), str(days), f"{hours * 1000:,}", f"{accidents / hours * 1000:.1f}", str(near)))
    header = ("Works", "Accidents", "Days lost", "Hours worked", "Rate", "Near misses")
    return (
        f"In {hours * 1000:,} hours worked there were {accidents} accidents with days lost, and {days} days were "
        f"lost. The rate of {accidents / hours * 1000:.1f} per million hours compares with 10.9 in 2023. Nobody died, "
        f"and nobody has died at work since 1993.\n\n{_markdown('Accidents and near misses in 2024', header, rows)}"
    )


def quarter_tables(world: World) -> list[Part]:
    """Appendix: the same figure of all works side by side, one table for each figure."""
    parts: list[Part] = [Heading(1, "Appendix A: Quarterly figures")]
    for title, unit, values in (
        ("First-pass yield", "per cent", {site.name: site.first_pass_yield for site in world.sites}),
        ("Deliveries on time", "per cent", {site.name: site.on_time for site in world.sites}),
        ("Downtime", "hours", {site.name: site.downtime_hours for site in world.sites}),
    ):
        rows = tuple((name, *(str(value) for value in row)) for name, row in values.items())
        best = max(values, key=lambda name: values[name][3])
        parts += [
            Heading(2, title),
            Table(f"{title} by works and quarter, {unit}", ("Works", "Q1", "Q2", "Q3", "Q4"), rows),
            Paragraph(
                f"In the {QUARTERS[3].lower()} the highest figure, {values[best][3]} {unit}, was that of {best}."
            ),
        ]
    return parts
