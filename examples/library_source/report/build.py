"""Puts the chapters of the annual report in order."""

from library_source.markup import Heading, Paragraph, Part, Table
from library_source.report.group_chapters import glance, quarter_tables, write_text
from library_source.report.machine_chapter import write_machine, write_suppliers
from library_source.report.site_chapter import write_site
from library_source.report.world import MONTHS, World, incident_id, load_world, long_date


def write_report() -> list[Part]:
    """All parts of the report, from the letter of the chair to the glossary."""
    world = load_world()
    parts: list[Part] = []
    for name in ("letter-chair", "letter-md"):
        parts += write_text(world, name)
    parts += glance(world)
    for name in ("about", "months", "governance", "targets", "finance", "customers", "research"):
        parts += write_text(world, name)
    for turn, site in enumerate(world.sites):
        parts += write_site(site, turn)
    for turn, machine in enumerate(world.machines):
        parts += write_machine(machine, turn)
    parts += write_suppliers(world.suppliers)
    for name in ("people", "portraits", "safety", "environment"):
        parts += write_text(world, name)
    return [*parts, *quarter_tables(world), *_monthly_tables(world), *_register(world), *write_text(world, "method")]


def _monthly_tables(world: World) -> list[Part]:
    names = tuple(site.name for site in world.sites)
    parts: list[Part] = [Heading(1, "Appendix B: Monthly energy")]
    for title, columns in (
        ("Electricity used", [site.electricity for site in world.sites]),
        ("Own solar power", [site.solar for site in world.sites]),
        ("Gas", [site.gas for site in world.sites]),
    ):
        rows = [(month, *(str(column[number]) for column in columns)) for number, month in enumerate(MONTHS)]
        rows.append(("Year", *(f"{sum(column):,}" for column in columns)))
        parts += [Heading(2, title), Table(f"{title} by month and works, in MWh", ("Month", *names), tuple(rows))]
    return parts


def _register(world: World) -> list[Part]:
    found = sorted(
        (
            (incident.date, incident_id(site, incident), site.name, incident)
            for site in world.sites
            for incident in site.incidents
        ),
        key=lambda entry: entry[:2],
    )
    rows = tuple(
        (number, long_date(day), name, incident.what[0].upper() + incident.what[1:], str(incident.days))
        for day, number, name, incident in found
    )
    text = (
        f"The register lists all {len(rows)} incidents that were looked into by the safety committee, in order of "
        "date. "
        "Events in which no day was lost are listed if the outcome might have been grave."
    )
    return [
        Heading(1, "Appendix C: Register of incidents"),
        Paragraph(text),
        Table("Register of incidents in 2024", ("Number", "Date", "Works", "Event", "Days lost"), rows),
    ]
