"""The chapter on one works: profile, output, energy, water and waste, people, and what comes next."""

from library_source.markup import Bars, Bullets, Heading, Paragraph, Part, Table
from library_source.report.site_safety import improvements, safety
from library_source.report.world import (
    MONTHS,
    QUARTERS,
    Site,
    draw,
    join_words,
    more_or_less,
    percent_change,
    share_out,
)

SHORT_MONTHS = tuple(month[:3] for month in MONTHS)


def write_site(site: Site, turn: int) -> list[Part]:
    """The whole chapter; turn picks among phrasings, so that neighbouring chapters do not read alike."""
    return [
        Heading(1, f"The works in {site.name}"),
        *_profile(site, turn),
        *_output(site, turn),
        *_energy(site, turn),
        *_water(site, turn),
        *_waste(site, turn),
        *safety(site, turn),
        *improvements(site, turn),
        *_people(site, turn),
        *_ahead(site),
    ]


def _profile(site: Site, turn: int) -> list[Part]:
    total = sum(site.output)
    share = site.people / 810 * 100
    openings = (
        (
            f"With {site.people} people, {site.name} employs {share:.0f} per cent of the group. Its manager is "
            f"{site.manager}."
        ),
        f"{site.manager} leads the works, which has {site.people} employees on {site.area_m2:,} square metres.",
        (
            f"Since {site.opened} the works has been responsible for {site.role}. {site.manager} is in charge of "
            f"{site.people} people."
        ),
    )
    rows = [
        ("Manager", site.manager),
        ("Task in the group", site.role),
        ("In operation since", str(site.opened)),
        ("Floor area", f"{site.area_m2:,} square metres"),
        ("Employees on 31 December", str(site.people)),
        ("Apprentices", str(site.apprentices)),
        ("Output in 2024", f"{total:,} {site.unit}"),
        ("Electricity used", f"{sum(site.electricity):,} MWh"),
        ("Certificates", join_words(site.certified)),
    ]
    names, people = (tuple(site.departments), tuple(float(count) for count in site.departments.values()))
    return [
        Heading(2, "Profile"),
        *(Paragraph(text) for text in site.intro),
        Paragraph(openings[turn % 3]),
        Table(f"{site.name} at a glance", ("Item", "In 2024"), tuple(rows)),
        Bars(f"Employees in {site.name} by department", "people", names, (("Employees", people),)),
    ]


def _output(site: Site, turn: int) -> list[Part]:
    rows = []
    for number, quarter in enumerate(QUARTERS):
        rows.append(
            (
                quarter,
                f"{site.output[number]:,}",
                f"{site.planned[number]:,}",
                f"{site.first_pass_yield[number]:.1f} %",
                f"{site.on_time[number]:.1f} %",
                str(site.downtime_hours[number]),
            )
        )
    total, planned = sum(site.output), sum(site.planned)
    rows.append(("Year", f"{total:,}", f"{planned:,}", "", "", str(sum(site.downtime_hours))))
    best = max(range(4), key=lambda number: site.output[number])
    worst = max(range(4), key=lambda number: site.downtime_hours[number])
    growth = percent_change(total, site.output_2023)
    closing = (
        (
            f"Over the year {site.name} made {total:,} {site.unit}, {more_or_less(growth)} than the "
            f"{site.output_2023:,} of 2023. The {QUARTERS[best].lower()} was the strongest, and the "
            f"{QUARTERS[worst].lower()} the one with most downtime."
        ),
        (
            f"Compared with 2023, when {site.output_2023:,} {site.unit} were made, the year brought "
            f"{more_or_less(growth)}. Of {sum(site.downtime_hours)} hours of downtime, {site.downtime_hours[worst]} "
            f"fell into the {QUARTERS[worst].lower()}."
        ),
        (
            f"The total of {total:,} {site.unit} lies {abs(percent_change(total, planned)):.1f} per cent "
            f"{'above' if total >= planned else 'below'} plan. In the year before it had been {site.output_2023:,}."
        ),
    )
    quarters = tuple(f"Q{number}" for number in range(1, 5))
    return [
        Heading(2, "Output and quality"),
        Table(
            f"Output and quality in {site.name}, by quarter",
            ("Quarter", f"Output ({site.unit})", "Planned", "First-pass yield", "On time", "Downtime (h)"),
            tuple(rows),
        ),
        Bars(
            f"Output of {site.name} against plan",
            site.unit,
            quarters,
            (("Output", tuple(map(float, site.output))), ("Planned", tuple(map(float, site.planned)))),
        ),
        *(Paragraph(_quarter_text(site, number, turn)) for number in range(4)),
        Paragraph(closing[turn % 3]),
    ]


def _quarter_text(site: Site, number: int, turn: int) -> str:
    output, planned = site.output[number], site.planned[number]
    change = percent_change(output, planned)
    side = "above" if change >= 0 else "below"
    first_pass, on_time, downtime = (site.first_pass_yield[number], site.on_time[number], site.downtime_hours[number])
    remark = site.remarks[number]
    texts = (
        (
            f"{remark} Output came to {output:,} {site.unit}, {abs(change):.1f} per cent {side} plan, and "
            f"{first_pass} per cent of it passed the final check without rework."
        ),
        (
            f"{output:,} {site.unit} left the works, against a plan of {planned:,}. {remark} First-pass yield stood "
            f"at {first_pass} per cent and deliveries on time at {on_time} per cent."
        ),
        (
            f"{remark} In the three months {on_time} per cent of deliveries were on time. With {output:,} {site.unit} "
            f"the works {'beat' if change >= 0 else 'missed'} its plan by {abs(change):.1f} per cent, and its "
            f"machines stood still for {downtime} hours."
        ),
        (
            f"Downtime added up to {downtime} hours. {remark} In all, {output:,} {site.unit} were made, where "
            f"{planned:,} had been planned; the first-pass yield was {first_pass} per cent."
        ),
    )
    return f"**{QUARTERS[number]}.** {texts[(turn + number) % 4]}"


def _energy(site: Site, turn: int) -> list[Part]:
    used, solar, gas = sum(site.electricity), sum(site.solar), sum(site.gas)
    rows = [
        (month, f"{electricity:,}", str(sun), f"{electricity - sun:,}", str(heat))
        for month, electricity, sun, heat in zip(MONTHS, site.electricity, site.solar, site.gas, strict=True)
    ]
    rows.append(("Year", f"{used:,}", str(solar), f"{used - solar:,}", f"{gas:,}"))
    high = max(range(12), key=lambda month: site.electricity[month])
    low = min(range(12), key=lambda month: site.electricity[month])
    change = percent_change(used, site.electricity_2023)
    per_unit = used * 1000 / sum(site.output)
    texts = (
        (
            f"The works used {used:,} MWh of electricity, {more_or_less(change)} than in 2023 "
            f"({site.electricity_2023:,} MWh). {MONTHS[high]} was the month with the highest use, "
            f"{site.electricity[high]} MWh, and {MONTHS[low]} that with the lowest, {site.electricity[low]} MWh."
        ),
        (
            f"Use of electricity went from {site.electricity_2023:,} to {used:,} MWh, that is {more_or_less(change)}. "
            f"It peaked in {MONTHS[high]} at {site.electricity[high]} MWh; the least, {site.electricity[low]} MWh, "
            f"was used in {MONTHS[low]}."
        ),
        (
            f"Between the {site.electricity[low]} MWh of {MONTHS[low]} and the {site.electricity[high]} MWh of "
            f"{MONTHS[high]}, the works used {used:,} MWh in twelve months. In 2023 it had been "
            f"{site.electricity_2023:,} MWh."
        ),
    )
    series = (
        ("Electricity", tuple(map(float, site.electricity))),
        ("Solar", tuple(map(float, site.solar))),
        ("Gas", tuple(map(float, site.gas))),
    )
    return [
        Heading(2, "Energy"),
        Paragraph(texts[(turn + 1) % 3]),
        Paragraph(site.energy_remark),
        Table(
            f"Energy in {site.name} by month, in MWh",
            ("Month", "Electricity used", "Own solar", "Bought", "Gas"),
            tuple(rows),
        ),
        Bars(f"Energy in {site.name} over the year", "MWh", SHORT_MONTHS, series, is_line=True),
        Paragraph(
            f"The roof supplied {solar} MWh, or {solar / used * 100:.1f} per cent of what was used. "
            + _gas_text(site, gas)
            + f" Measured against output, {per_unit:,.1f} kWh of electricity were needed for each of the "
            f"{sum(site.output):,} {site.unit}. Emissions from gas amounted to {site.scope_1:,.0f} tonnes and those "
            f"from bought electricity to {site.scope_2:,.0f} tonnes."
        ),
    ]


def _gas_text(site: Site, gas: int) -> str:
    if gas == 0:
        return "There is no gas connection."
    return f"Gas use was {gas:,} MWh, after {site.gas_2023:,} MWh in 2023."


def _water(site: Site, turn: int) -> list[Part]:
    total = sum(site.water_m3)
    rows = [(quarter, f"{amount:,}") for quarter, amount in zip(QUARTERS, site.water_m3, strict=True)]
    rows.append(("Year", f"{total:,}"))
    change = percent_change(total, site.water_2023)
    per_head = total / site.people
    texts = (
        (
            f"The works drew {total:,} cubic metres from the mains, {more_or_less(change)} than in 2023. That is "
            f"{per_head:.1f} cubic metres per head."
        ),
        (
            f"Water use came to {total:,} cubic metres, after {site.water_2023:,} in the year before; {per_head:.1f} "
            "cubic metres fall to each employee."
        ),
    )
    return [
        Heading(2, "Water"),
        Paragraph(f"{texts[turn % 2]} {site.water_remark}"),
        Table(f"Water drawn in {site.name}, in cubic metres", ("Quarter", "Cubic metres"), tuple(rows)),
        Bars(
            f"Water drawn in {site.name} by quarter",
            "cubic metres",
            ("Q1", "Q2", "Q3", "Q4"),
            (("Water", tuple(map(float, site.water_m3))),),
        ),
    ]


def _waste(site: Site, turn: int) -> list[Part]:
    total = sum(site.waste.values())
    rows = [(kind, f"{amount:,}", f"{amount / total * 100:.1f} %") for kind, amount in site.waste.items()]
    rows.append(("Total", f"{total:,}", "100.0 %"))
    largest = max(site.waste, key=lambda kind: site.waste[kind])
    residual = site.waste["Residual waste"]
    texts = (
        (
            f"{site.name} produced {total:,} tonnes of waste, of which {largest.lower()} made up "
            f"{site.waste[largest]:,} tonnes. Residual waste, the part that nobody wants, came to {residual} tonnes."
        ),
        (
            f"Of {total:,} tonnes of waste, {residual} tonnes were residual waste and went to incineration. The "
            f"largest share was {largest.lower()}."
        ),
    )
    return [
        Heading(2, "Waste"),
        Paragraph(f"{texts[turn % 2]} {site.waste_remark}"),
        Table(f"Waste in {site.name}, in tonnes", ("Kind", "Tonnes", "Share"), tuple(rows)),
    ]


def _people(site: Site, turn: int) -> list[Part]:
    weights = {name: float(count) for name, count in site.departments.items()}
    women = share_out(site.women, weights, f"{site.key}/women")
    joined = share_out(site.joiners, weights, f"{site.key}/joined")
    left = share_out(site.leavers, weights, f"{site.key}/left")
    ages = {name: draw(f"{site.key}/age/{name}", 33, 47) for name in site.departments}
    rows = [
        (name, str(count), str(women[name]), str(joined[name]), str(left[name]), str(ages[name]))
        for name, count in site.departments.items()
    ]
    rows.append(("Total", str(site.people), str(site.women), str(site.joiners), str(site.leavers), ""))
    oldest = max(ages, key=lambda name: (ages[name], name))
    texts = (
        (
            f"{site.joiners} people joined the works and {site.leavers} left it. Women hold {site.women} of the "
            f"{site.people} posts."
        ),
        (
            f"The year began with {site.people - site.joiners + site.leavers} people and ended with {site.people}; "
            f"{site.joiners} came and {site.leavers} went. The share of women is {site.women / site.people * 100:.0f} "
            "per cent."
        ),
    )
    return [
        Heading(2, "People and training"),
        Paragraph(
            f"{texts[turn % 2]} Sick leave took {site.sick} per cent of working time. Each employee was trained for "
            f"{site.training_hours} hours on average, and {site.apprentices} apprentices were being trained at the "
            "end of the year."
        ),
        Paragraph(site.training),
        Table(
            f"People in {site.name} by department",
            ("Department", "People", "Women", "Joined", "Left", "Median age"),
            tuple(rows),
        ),
        Paragraph(
            f"With a median age of {ages[oldest]} years, the department that will soonest need successors is: "
            f"{oldest.lower()}."
        ),
    ]


def _ahead(site: Site) -> list[Part]:
    return [
        Heading(2, "Neighbours, and plans for 2025"),
        Paragraph(site.community),
        Paragraph(f"For 2025 {site.manager} and the team have set themselves three goals:"),
        Bullets(
            tuple(f"{goal};" if number < 2 else f"{goal}." for number, goal in enumerate(site.goals)), ordered=False
        ),
    ]
