"""The scripted liar, kind by kind: which share of planted lies the citation check catches, and of honest rewordings
refuses.
"""

from benchmarks.answers.answer_sets import LANGUAGES
from benchmarks.answers.check_citations import measure_language
from benchmarks.answers.liar import HONEST
from benchmarks.context import BenchContext
from benchmarks.report import PartResult, Table

_HONEST = ("verbatim", *HONEST, "all changes at once")


async def run(context: BenchContext) -> PartResult:
    """Check what a scripted model writes: sentences of the labelled set, changed in one way each."""
    result = PartResult("lies", "What a lying model gets past the citation check")
    languages = LANGUAGES[:1] if context.quick else LANGUAGES
    for language in languages:
        context.say(f"lies in {language}")
        counts = measure_language(language, context.data)
        result.figures[language] = {kind: {"tries": tries, "caught": hit} for kind, (tries, hit) in counts.items()}
    kinds = list(dict.fromkeys(kind for found in result.figures.values() for kind in found))
    lies = [kind for kind in kinds if kind not in _HONEST]
    for title, chosen in (("lie planted, share caught", lies), ("honest, share refused", list(_HONEST))):
        rows = [[kind, *(_share(result.figures[language].get(kind)) for language in languages)] for kind in chosen]
        result.tables.append(Table([title, *languages], rows))
    return result


def _share(found: dict[str, int] | None) -> str:
    return f"{found['caught'] / found['tries']:.3f} of {found['tries']}" if found else ""
