"""The data behind the report, read from YAML, and the sums that several chapters share."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

DATA = Path(__file__).parent.parent / "report_data"
QUARTERS = ("First quarter", "Second quarter", "Third quarter", "Fourth quarter")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
REGIONS = (
    "Ireland and Britain",
    "Germany, Austria, Switzerland",
    "Spain and Portugal",
    "Nordic countries and Poland",
    "Elsewhere",
)
SHORT_REGIONS = ("IE, GB", "DE, AT, CH", "ES, PT", "Nordic, PL", "Elsewhere")

# Kilograms of carbon dioxide equivalent per MWh; the report prints the same table in its chapter on method.
GRID_FACTORS = {"Ireland": 254, "Germany": 363, "Spain": 108, "Morocco": 610, "Portugal": 112, "Poland": 597}
GAS_FACTOR = 202


@dataclass(frozen=True, slots=True)
class Incident:
    """An accident or a dangerous event; days are working days lost."""

    date: date
    what: str
    days: int
    cause: str
    action: str


@dataclass(frozen=True, slots=True)
class Project:
    """An improvement; cost once and saving per year, in euros."""

    name: str
    owner: str
    cost: int
    saving: int
    text: str


@dataclass(frozen=True, slots=True)
class Site:
    """One works; energy in MWh per month, water in cubic metres per quarter, waste in tonnes per year."""

    key: str
    name: str
    country: str
    manager: str
    opened: int
    area_m2: int
    role: str
    unit: str
    women: int
    apprentices: int
    joiners: int
    leavers: int
    training_hours: int
    sick: float
    near_misses: int
    output_2023: int
    electricity_2023: int
    gas_2023: int
    water_2023: int
    hours_thousand: int
    certified: tuple[str, ...]
    intro: tuple[str, ...]
    departments: dict[str, int]
    planned: tuple[int, ...]
    first_pass_yield: tuple[float, ...]
    on_time: tuple[float, ...]
    downtime_hours: tuple[int, ...]
    remarks: tuple[str, ...]
    electricity: tuple[int, ...]
    gas: tuple[int, ...]
    solar: tuple[int, ...]
    energy_remark: str
    water_m3: tuple[int, ...]
    water_remark: str
    waste: dict[str, int]
    waste_remark: str
    incidents: tuple[Incident, ...]
    projects: tuple[Project, ...]
    training: str
    community: str
    goals: tuple[str, ...]
    output: tuple[int, ...] = ()

    @property
    def people(self) -> int:
        """Employees at the end of the year."""
        return sum(self.departments.values())

    @property
    def scope_1(self) -> float:
        """Tonnes of carbon dioxide equivalent from gas."""
        return sum(self.gas) * GAS_FACTOR / 1000

    @property
    def scope_2(self) -> float:
        """Tonnes of carbon dioxide equivalent from bought electricity."""
        return (sum(self.electricity) - sum(self.solar)) * GRID_FACTORS[self.country] / 1000

    @property
    def accidents(self) -> int:
        """Incidents with at least one day lost."""
        return sum(incident.days > 0 for incident in self.incidents)

    @property
    def days_lost(self) -> int:
        """Working days lost to accidents."""
        return sum(incident.days for incident in self.incidents)


@dataclass(frozen=True, slots=True)
class Machine:
    """One product; price in euros net, mass in kg, deliveries by quarter, regions in per cent, footprint in kg CO2e."""

    key: str
    name: str
    kind: str
    launched: int
    engineer: str
    price: int
    mass: int
    deliveries: tuple[int, ...]
    regions: tuple[int, ...]
    intro: str
    failures: dict[str, int]
    failure_text: str
    changes: tuple[str, ...]
    outlook: str
    footprint: dict[str, int]


@dataclass(frozen=True, slots=True)
class Supplier:
    """One audited supplier; spend in euros per year, score out of 100."""

    name: str
    place: str
    country: str
    goods: str
    spend: int
    date: date
    auditor: str
    score: int
    since: int
    finding: str
    remedy: str


@dataclass(frozen=True, slots=True)
class World:
    """Everything that the report tells about."""

    sites: tuple[Site, ...]
    machines: tuple[Machine, ...]
    suppliers: tuple[Supplier, ...]
    texts: Mapping[str, str]


def load_world() -> World:
    """Read the data; the output of Cork is the sum of what was delivered, since each machine is assembled there."""
    machines = msgspec.yaml.decode((DATA / "machines.yaml").read_bytes(), type=tuple[Machine, ...])
    sites = msgspec.yaml.decode((DATA / "sites.yaml").read_bytes(), type=tuple[Site, ...])
    delivered = tuple(sum(machine.deliveries[quarter] for machine in machines) for quarter in range(4))
    sites = tuple(site if site.output else dataclasses.replace(site, output=delivered) for site in sites)
    suppliers = msgspec.yaml.decode((DATA / "suppliers.yaml").read_bytes(), type=tuple[Supplier, ...])
    return World(sites, machines, suppliers, _read_texts(DATA / "group.md"))


def _read_texts(path: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    for piece in path.read_text(encoding="utf-8").split("\n== "):
        name, _, body = piece.removeprefix("== ").partition(" ==\n")
        texts[name] = body.strip()
    return texts


def draw(key: str, low: int, high: int) -> int:
    """A number in [low, high] that depends on nothing but the key, so that the report never changes by itself."""
    return low + int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") % (high - low + 1)


def share_out(total: int, weights: Mapping[str, float], key: str) -> dict[str, int]:
    """Divide a total among names in proportion to their weights, a little unevenly; the parts sum to the total."""
    uneven = {name: weight * draw(f"{key}/{name}", 70, 130) / 100 for name, weight in weights.items()}
    exact = {name: total * weight / sum(uneven.values()) for name, weight in uneven.items()}
    parts = {name: int(value) for name, value in exact.items()}
    for name in sorted(exact, key=lambda name: (parts[name] - exact[name], name))[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def percent_change(new: float, old: float) -> float:
    """By how many per cent new is above old."""
    return (new - old) / old * 100


def more_or_less(change: float, noun: str = "") -> str:
    """Words such as '4.2 per cent more' for a change in per cent."""
    if abs(change) < 0.05:
        return "the same as before"
    return f"{abs(change):.1f} per cent {'more' if change > 0 else 'less'}{' ' + noun if noun else ''}"


def long_date(day: date) -> str:
    """A date such as '7 October'."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def incident_id(site: Site, incident: Incident) -> str:
    """The number of an incident within its works, such as COR-24-02."""
    return f"{site.key[:3].upper()}-24-{site.incidents.index(incident) + 1:02d}"


def join_words(words: Sequence[str]) -> str:
    """'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
