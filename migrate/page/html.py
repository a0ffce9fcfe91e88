"""The page itself: facts as HTML in one file, without scripts, fonts or anything else from elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib.resources import files as resources
from typing import Final

from migrate.outcomes import Cause
from migrate.page.charts import Rate, chart, rate_of, seconds_text
from migrate.page.facts import Facts, LeftOut
from migrate.page.parts import amount, figure, path_html, soft, table, time_text, title
from migrate.page.texts import Texts
from migrate.records import ROLLED_BACK, ROLLING_BACK, Run
from migrate.wording import bytes_text

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""Whatever a file is called, the page fetches and runs nothing."""


@dataclass(frozen=True, slots=True)
class Making:
    """How a page comes to be: when (seconds since 1970), by which version, and the command that verifies."""

    made: float
    version: str
    verify: str


def page_of(facts: Facts, texts: Texts, making: Making) -> str:
    """Return the page."""
    head = escape(f"{texts.say('Migration report')}: {facts.pair.destination}")
    style = resources("migrate.page").joinpath("style.css").read_text(encoding="utf-8")
    parts = (
        _head(facts, texts),
        _over_time(facts, texts),
        _left_out(facts, texts),
        _sizes(facts, texts),
        _equal(facts, texts),
        _forecast(facts, texts),
        _proof(facts, texts, making),
        _runs(facts, texts),
    )
    foot = texts.say(
        "Made {when} from the migration's journal by {program} {version}.",
        when=time_text(making.made),
        program="kb migrate",
        version=making.version,
    )
    body = "\n".join(line for part in parts for line in part)
    return (
        f'<!doctype html>\n<html lang="{texts.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{head}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}\n"
        f"<footer>{escape(foot)}</footer>\n</body>\n</html>\n"
    )


def _head(facts: Facts, texts: Texts) -> Iterator[str]:
    kind, verdict = _verdict(facts, texts)
    yield f"<header><h1>{escape(texts.say('Migration report'))}</h1>"
    yield f'<p class="verdict {kind}">{escape(verdict)}</p>'
    yield '<dl class="sides">'
    for word, text in (("from", facts.pair.source), ("to", facts.pair.destination)):
        yield f"<dt>{escape(texts.say(word))}</dt><dd>{escape(text)}</dd>"
    yield '</dl></header><dl class="figures">'
    yield from figure(texts.say("in the store"), f"{facts.files:,}", bytes_text(facts.size_bytes))
    yield from figure(texts.say("left out"), f"{_left(facts):,}")
    if excluded := _excluded(facts):
        yield from figure(texts.say("excluded"), f"{excluded:,}")
    if facts.waiting:
        yield from figure(texts.say("still to come"), f"{facts.waiting:,}")
    if facts.ending:
        took = seconds_text(facts.ending["seconds"])
        sent = facts.ending["bytes_copied"]
        yield from figure(texts.say("last run"), took, bytes_text(sent))
        refused = texts.say("refused by a busy service, sent again")
        yield from figure(refused, f"{facts.ending['refused']:,}")
    yield "</dl>"


def _verdict(facts: Facts, texts: Texts) -> tuple[str, str]:
    files, size = texts.files(facts.files), bytes_text(facts.size_bytes)
    left = _left(facts)
    last = facts.runs[-1].ending if facts.runs else None
    if last == ROLLED_BACK:
        return "waiting", texts.say(
            "What was moved has been rolled back: nothing of it is in the store."
            if not facts.files
            else "Not everything was moved: {files} ({size}) are in the store, {left} left out.",
            files=files,
            size=size,
            left=f"{left:,}",
        )
    if facts.waiting or last not in ("complete", "incomplete"):
        text = "The migration is not finished: {files} ({size}) are in the store, {waiting} still to come."
        return "waiting", texts.say(text, files=files, size=size, waiting=f"{facts.waiting:,}")
    if left:
        text = "Not everything was moved: {files} ({size}) are in the store, {left} left out."
        return "bad", texts.say(text, files=files, size=size, left=f"{left:,}")
    if not facts.files:
        return "waiting", texts.say("Nothing has been moved.")
    return "good", texts.say("Everything is in the store: {files}, {size}.", files=files, size=size)


def _left(facts: Facts) -> int:
    """Return how many files are not there and should be: those that a filter excludes should not."""
    return sum(group.files for group in facts.left_out) - _excluded(facts)


def _excluded(facts: Facts) -> int:
    return sum(group.files for group in facts.left_out if group.cause is Cause.EXCLUDED)


def _over_time(facts: Facts, texts: Texts) -> Iterator[str]:
    yield title(texts.say("The last run over time"))
    samples = facts.samples
    objects = rate_of(samples, lambda sample: sample.files)
    if not objects or not samples[-1].files:
        told = "The last run was too short, or moved nothing: there is nothing to draw."
        yield soft(texts.say(told))
        return
    sizes = rate_of(samples, lambda sample: sample.size_bytes)
    refused = rate_of(samples, lambda sample: sample.refused)
    rates = [
        ("first", Rate(texts.say("objects per second"), objects, amount)),
        (
            "second",
            Rate(texts.say("bytes per second"), sizes, lambda each: bytes_text(round(each))),
        ),
    ]
    if samples[-1].refused:
        rates.append(("third", Rate(texts.say("refused requests per second"), refused, amount)))
    for kind, rate in rates:
        yield f'<h3>{escape(rate.title)}</h3><div class="wide">{chart(rate, kind=kind)}</div>'
    if not samples[-1].refused:
        yield soft(texts.say("Nothing was refused."))


def _left_out(facts: Facts, texts: Texts) -> Iterator[str]:
    yield title(texts.say("Left out, and why"))
    if not facts.left_out:
        yield soft(texts.say("Nothing was left out."))
    for group in facts.left_out:
        yield f"<h3>{group.files:,} × {escape(texts.cause(group.cause))}</h3>"
        yield from _names(group, texts)


def _names(group: LeftOut, texts: Texts) -> Iterator[str]:
    yield table([texts.say("path"), texts.say("reason")])
    for path, reason in group.names:
        yield f'<tr><td class="path">{path_html(path)}</td><td>{escape(reason)}</td></tr>'
    yield "</table></div>"
    if group.files > len(group.names):
        more = texts.say("… and {count} more", count=f"{group.files - len(group.names):,}")
        yield soft(more)


def _sizes(facts: Facts, texts: Texts) -> Iterator[str]:
    if not facts.files:
        return
    yield title(texts.say("Sizes"))
    yield table([texts.say("size")], [texts.say("files"), texts.say("bytes")], texts.say("share"))
    below = 0
    for each in facts.sizes:
        if each.files:
            name = _size_name(each.size_bytes_max, below, texts)
            yield (
                f'<tr><td>{escape(name)}</td><td class="number">{each.files:,}</td>'
                f'<td class="number">{bytes_text(each.size_bytes)}</td>'
                f'<td class="bar">{each.files / facts.files:.0%}'
                f'<i style="width:{100 * each.files / facts.files:.1f}%"></i></td></tr>'
            )
        below = each.size_bytes_max or below
    yield "</table></div>"
    yield f"<h3>{escape(texts.say('The largest'))}</h3>"
    yield table([texts.say("path")], [texts.say("size")])
    for path, size in facts.largest:
        yield f'<tr><td class="path">{path_html(path)}</td><td class="number">{bytes_text(size)}</td></tr>'
    yield "</table></div>"


def _size_name(size_bytes_max: int | None, below: int, texts: Texts) -> str:
    if size_bytes_max == 0:
        return texts.say("empty")
    if size_bytes_max is None:
        return texts.say("over {size}", size=bytes_text(below))
    return texts.say("up to {size}", size=bytes_text(size_bytes_max))


def _equal(facts: Facts, texts: Texts) -> Iterator[str]:
    if not facts.files:
        return
    yield title(texts.say("Equal content, compression"))
    found = facts.duplicates
    if not found.files:
        yield soft(texts.say("No two files have the same content."))
    else:
        text = (
            "{files} repeat content of others ({groups} different, {size}). "
            "Kept once, they take {size} less."
        )
        values = {"groups": f"{found.groups:,}", "size": bytes_text(found.size_bytes)}
        yield f"<p>{escape(texts.say(text, files=texts.files(found.files), **values))}</p>"
        yield table([texts.say("path")], [texts.say("copies"), texts.say("size")])
        for path, files, size in found.examples:
            yield (
                f'<tr><td class="path">{path_html(path)}</td><td class="number">{files:,}</td>'
                f'<td class="number">{bytes_text(size)}</td></tr>'
            )
        yield "</table></div>"
    yield f"<p>{escape(_compression(facts, texts))}</p>"


def _compression(facts: Facts, texts: Texts) -> str:
    ending = facts.ending or {}
    sent, stored = ending.get("bytes_copied", 0), ending.get("bytes_stored")
    if stored is None or not sent:
        return texts.say("Compression: not measured in the last run.")
    if stored == sent:
        return texts.say("Compression: none; what the last run sent is stored byte for byte.")
    return texts.say(
        "Compression: the last run's {sent} took {stored} in the store, {share} of it.",
        sent=bytes_text(sent),
        stored=bytes_text(stored),
        share=f"{stored / sent:.0%}",
    )


def _forecast(facts: Facts, texts: Texts) -> Iterator[str]:
    score = facts.forecast
    if score is None:
        return
    yield title(texts.say("Forecast and reality"))
    yield table(
        [texts.say("forecast"), texts.say("interval"), texts.say("took"), texts.say("difference")]
    )
    interval = f"{seconds_text(score.low)} – {seconds_text(score.high)}"
    verdict = "within the interval" if score.within else "outside of the interval"
    yield (
        f"<tr><td>{seconds_text(score.expected)}</td><td>{interval}</td><td>{seconds_text(score.took)}</td>"
        f"<td>{score.error:+.0%}, {escape(texts.say(verdict))}</td></tr></table></div>"
    )


def _proof(facts: Facts, texts: Texts, making: Making) -> Iterator[str]:
    yield title(texts.say("Proof"))
    proof, root, word = facts.proof, facts.root_sha256, "root digest of what was moved"
    if proof is None:
        yield f"<p>{escape(texts.say('Not verified. Next: {command}', command=making.verify))}</p>"
    else:
        fields = proof.fields
        root, word = fields["root_sha256"], "root digest of what was proved"
        text = "Verified {when}: there are differences ({way})."
        if fields["holds"]:
            text = "Verified {when}: every file that was moved is in the store ({way})."
        told = texts.say(text, when=time_text(proof.noted), way=texts.say(fields["check"]))
        yield f'<p class="{"good" if fields["holds"] else "bad"}">{escape(told)}</p>'
        found = [
            f"{texts.say(name)}: {count:,}" for name, count in fields["found"].items() if count
        ]
        if found:
            yield f"<p>{escape(', '.join(found))}</p>"
        if facts.runs and facts.runs[-1].began > proof.noted:
            again = texts.say("A run was made since; verify again.")
            yield f'<p class="waiting">{escape(again)}</p>'
    yield f"<p>{escape(texts.say(word))}: <code>{escape(root)}</code></p>"
    lines = (
        "SHA-256 of the lines “sha256  path” of all files, sorted: "
        "who has the same files has the same digest."
    )
    yield soft(texts.say(lines))


def _runs(facts: Facts, texts: Texts) -> Iterator[str]:
    yield title(texts.say("Runs"))
    yield table(["#", texts.say("began"), texts.say("took"), texts.say("ending")])
    for run in facts.runs:
        took = seconds_text(run.ended - run.began) if run.ended else "–"
        yield (
            f"<tr><td>{run.number}</td><td>{time_text(run.began)}</td><td>{took}</td>"
            f"<td>{escape(_ending(run, texts))}</td></tr>"
        )
    yield "</table></div>"
    if facts.runs_before:
        count = f"{facts.runs_before:,}"
        yield soft(texts.say("{count} earlier runs are not shown.", count=count))


def _ending(run: Run, texts: Texts) -> str:
    known = ("complete", "incomplete", "interrupted", "failed", ROLLING_BACK, ROLLED_BACK)
    return texts.say(run.ending if run.ending in known else "killed, or still running")
