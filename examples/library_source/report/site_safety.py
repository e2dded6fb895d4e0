"""The sections on safety and on improvement projects in the chapter on a works."""

from library_source.markup import Heading, Paragraph, Part, Table
from library_source.report.world import Incident, Project, Site, incident_id, long_date


def safety(site: Site, turn: int) -> list[Part]:
    """What happened, why, and what was done about it."""
    rate = site.accidents / site.hours_thousand * 1000
    days = f"{site.days_lost} working days were lost"
    texts = (
        (
            f"There were {site.accidents} accidents with days lost in {site.hours_thousand},000 hours worked, a rate "
            f"of {rate:.1f} per million hours; {days}. Employees reported {site.near_misses} near misses."
        ),
        (
            f"{days.capitalize()} through {site.accidents} accidents. With {site.hours_thousand},000 hours worked "
            f"this gives a rate of {rate:.1f} per million hours. The number of near misses reported was "
            f"{site.near_misses}."
        ),
    )
    rows = tuple(
        (incident_id(site, incident), long_date(incident.date), str(incident.days), incident.action.capitalize())
        for incident in site.incidents
    )
    return [
        Heading(2, "Safety"),
        Paragraph(texts[turn % 2]),
        *(Paragraph(_tell(site, incident, turn + number)) for number, incident in enumerate(site.incidents)),
        Table(f"Incidents in {site.name} and what followed", ("Number", "Date", "Days lost", "Measure"), rows),
    ]


def _tell(site: Site, incident: Incident, turn: int) -> str:
    day = long_date(incident.date)
    lost = _days_text(incident.days)
    texts = (
        (
            f"On {day} {incident.what}. {lost} The cause was found to be that {incident.cause}. Since then, "
            f"{incident.action}."
        ),
        (
            f"{incident.what[0].upper()}{incident.what[1:]}; this happened on {day}. As the inquiry showed, "
            f"{incident.cause}. {lost} In consequence, {incident.action}."
        ),
        (
            f"The inquiry into the event of {day}, when {incident.what}, ended with the finding that "
            f"{incident.cause}. {lost} As a measure, {incident.action}."
        ),
    )
    return f"**{incident_id(site, incident)}.** {texts[turn % 3]}"


def _days_text(days: int) -> str:
    if days == 0:
        return "Nobody was hurt, and no working time was lost."
    return f"{days} working day{'s were' if days > 1 else ' was'} lost."


def improvements(site: Site, turn: int) -> list[Part]:
    """The projects that were completed, with cost and saving."""
    parts: list[Part] = [Heading(2, "Improvements")]
    for number, project in enumerate(site.projects):
        parts += [Heading(3, project.name), Paragraph(f"{project.text} {_money_text(project, turn + number)}")]
    rows = tuple(
        (project.name, project.owner, f"{project.cost:,}", f"{project.saving:,}", _payback(project))
        for project in site.projects
    )
    cost = sum(project.cost for project in site.projects)
    return [
        *parts,
        Table(
            f"Projects in {site.name}, in euros", ("Project", "Responsible", "Cost", "Saving per year", "Payback"), rows
        ),
        Paragraph(f"Together the projects in {site.name} cost {cost:,} euros."),
    ]


def _payback(project: Project) -> str:
    if project.saving == 0:
        return "not sought"
    if project.cost == 0:
        return "at once"
    return f"{project.cost / project.saving:.1f} years"


def _money_text(project: Project, turn: int) -> str:
    if project.saving == 0:
        return f"{project.owner}, who was in charge, spent {project.cost:,} euros and promised no saving."
    if project.cost == 0:
        return (
            f"It cost nothing but thought, and saves {project.saving:,} euros per year; the thought was that of "
            f"{project.owner}."
        )
    texts = (
        (
            f"{project.owner} was in charge. The project cost {project.cost:,} euros and saves {project.saving:,} "
            "euros per year."
        ),
        (
            f"The cost of {project.cost:,} euros stands against a yearly saving of {project.saving:,} euros. "
            f"{project.owner} led the project."
        ),
        f"Led by {project.owner}, it cost {project.cost:,} euros and is paid back within {_payback(project)}.",
    )
    return texts[turn % 3]
