# SPDX-License-Identifier: Apache-2.0
"""A page per instrument, from its definition: what it measures, its key, and where each number is from. No text of an
instrument is shown here, whether or not it may ship."""

import json

WORDS = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than",
         "higher_is_better": "more is better", "lower_is_better": "less is better"}
CERTAINTY = {"verified": "verified", "computed": "computed", "own": "our own", "unverified": "**unverified**, not used unless chosen"}


def words(value):
    return WORDS.get(value, str(value).replace("_", " "))


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def source(provenance, of_a_number=True):
    if not provenance:
        return " | "
    note = f" {provenance['note']}" if provenance.get("note") else ""
    certainty = CERTAINTY[provenance["certainty"]] if of_a_number else provenance["certainty"].replace("own", "our own")
    return f"{certainty} | {cell(provenance.get('source', '') + '.' + note if note else provenance.get('source', ''))}"


def numbers(definition):
    """(what, value, provenance) of each clinical number."""
    yield "the key: items, reversals, ranges", "", definition.get("keys_provenance")
    for item in definition["items"]:
        if "safety" in item:
            rule = item["safety"]
            yield f"item {item['id']}, told to a person", f"{words(rule['comparator'])} {rule['threshold']:g}", rule.get("provenance")
    for scale in definition["scales"]:
        name = scale["id"]
        if scale.get("bands"):
            bands = ", ".join(f"{band['id']} {band['from']:g} to {band['to']:g}" for band in scale["bands"])
            yield f"{name}: bands", bands, scale.get("bands_provenance")
        for cutoff in scale.get("cutoffs", []):
            yield f"{name}: {cutoff['id']}", f"{words(cutoff['comparator'])} {cutoff['value']:g}", cutoff.get("provenance")
        changes = [scale["reliable_change"]] if "reliable_change" in scale else []
        for change in changes + scale.get("other_reliable_changes", []):
            yield (f"{name}: reliable change {change.get('id', '')}".rstrip(),
                   f"{words(change['comparator'])} {change['value']:g} ({change.get('population', '')})", change.get("provenance"))
    for rule in [definition.get("missing", {}), *definition.get("other_missing", [])]:
        if rule.get("provenance"):
            yield f"missing answers: {rule.get('id', rule['rule'])}", f"{words(rule['rule'])}, up to {rule.get('most', 0)}", rule["provenance"]


def items_of(scale):
    reverse = set(scale.get("reversed", []))
    return ", ".join(item + (" (reversed)" if item in reverse else "") for item in scale.get("items", []))


def page(definition, packs):
    licence = definition["licence"]
    who = f"answered by {words(definition['perspective'])}"
    if definition.get("target", "none") != "none":
        who += f", about the {words(definition['target'])}"
    lines = [f"# {definition['title']}", "", f"`{definition['id']}`, version {definition['version']}; {len(definition['items'])} items, {who}; "
             f"about {definition['recall']}.", ""]
    if definition.get("not_validated"):
        lines += ["**Not validated.** It says so wherever it is shown.", ""]
    if "citation" in definition:
        lines += [f"*Citation*: {definition['citation']}", ""]
    lines += ["## Scales", "", "| scale | roles | how | items | range | direction |", "|---|---|---|---|---|---|"]
    for scale in definition["scales"]:
        how = scale.get("formula") and f"formula `{scale['formula']}`" or words(scale["method"])
        lines.append(f"| `{scale['id']}` | {', '.join(scale.get('roles', []))} | {cell(how)} | {items_of(scale)} | "
                     f"{scale['min']:g} to {scale['max']:g} | {words(scale.get('direction', ''))} |")
    lines += ["", f"Where an answer is missing: {'not scorable' if definition['missing']['rule'] == 'none' else words(definition['missing']['rule'])}"
              ", unless the settings choose another rule.", "",
              "## Where each number is from", "", "| what | value | certainty | source |", "|---|---|---|---|"]
    lines += [f"| {what} | {cell(value)} | {source(provenance)} |" for what, value, provenance in numbers(definition)]
    lines += ["", f"{len(definition.get('vectors', []))} worked sheets are scored whenever it is loaded; from: "
              + "; ".join(sorted({cell(vector["source"]) for vector in definition.get("vectors", [])})) + ".", "",
              "## Licence", "", f"{licence['holder']}. {licence['terms']}.", "",
              f"Its text comes along in: {', '.join(packs)}." if packs else "Its text is the licensee's: it comes as a content pack of their own.", "",
              f"Source: {source(licence.get('provenance'), False).replace(' | ', '; ')}", ""]
    return "\n".join(lines)


def write(top, out):
    folder = top / "plugins/instruments"
    definitions = [json.loads(path.read_text()) for path in sorted((folder / "definitions").glob("*.json"))]
    (out / "instruments").mkdir()
    licences = ["# Licences of instruments", "", "Apart from the SDK's own, [Apache-2.0](licences.md): an instrument belongs to whoever made it. Made from the",
                "definitions that ship.", "", "| instrument | holder | terms | text | certainty | source |", "|---|---|---|---|---|---|"]
    for definition in definitions:
        packs = sorted(path.name.split(".")[1] for path in (folder / "content").glob(f"{definition['id']}.*.json"))
        if packs and not definition["licence"].get("text_may_ship"):
            raise SystemExit(f"{definition['id']}: a text ships that may not")
        (out / "instruments" / f"{definition['id']}.md").write_text(page(definition, packs))
        licence = definition["licence"]
        licences.append(f"| [{definition['title']}](instruments/{definition['id']}.md) | {cell(licence['holder'])} | {cell(licence['terms'])} | "
                        f"{', '.join(packs) or 'the licensee’s'} | {source(licence.get('provenance'), False)} |")
    (out / "instrument-licences.md").write_text("\n".join(licences) + "\n")
    names = [definition["id"] for definition in definitions]
    (out / "instruments/index.md").write_text("\n".join([
        "# Each instrument", "", "Made from the definitions that ship: the key, and the source of every number.", "",
        "```{toctree}\n:maxdepth: 1\n", *names, "```", ""]))
