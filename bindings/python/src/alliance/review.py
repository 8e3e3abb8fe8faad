# SPDX-License-Identifier: Apache-2.0
"""A review as a mapping that shows itself in a notebook."""
from __future__ import annotations

import html
from typing import Any, Dict, Iterator, List, Mapping

from .words import moment


def shown(indicator: Mapping[str, Any]) -> str:
    """An indicator's value as a person reads it.

    >>> shown({"value": 42.0, "unit": "minutes per week"}), shown({"suppressed": True})
    ('42 minutes per week', 'not shown: fewer than five people')
    """
    if indicator.get("suppressed"):
        return "not shown: fewer than five people"
    value = indicator.get("value")
    return "not known" if value is None else f"{value:.3g} {indicator.get('unit') or ''}".strip()


def factor(row: Mapping[str, Any]) -> str:
    """A factor as the study that inspired the indicators calls it (Doukani et al. 2022, doi 10.1192/bjo.2022.546).

    >>> factor({"factor": "f1_time", "title": "more time to deliver treatment"})
    'F1 more time to deliver treatment'
    """
    return f"{row['factor'][:2].upper()} {row.get('title', '')}".strip()


class Review(Mapping[str, Any]):
    """A Review of the schema: ``review["course"]``, ``review["factors"]``. The indicators are the SDK's own, inspired by
    a study and not validated; they are reasons to ask and rate nobody."""

    def __init__(self, review: Dict[str, Any]) -> None:
        self._review = review

    def __getitem__(self, name: str) -> Any:
        return self._review[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._review)

    def __len__(self) -> int:
        return len(self._review)

    def __repr__(self) -> str:
        return f"<review of {self['scope'].rstrip('_')} {self['id']}, {len(self['factors'])} factors>"

    def _repr_html_(self) -> str:
        rows: List[str] = []
        for row in self["factors"]:
            indicators = row.get("indicators", [])
            for at, indicator in enumerate(indicators or [{}]):
                name = html.escape(factor(row))
                head = f"<th rowspan='{max(1, len(indicators))}'>{name}</th>" if at == 0 else ""
                rows.append(f"<tr>{head}<td>{html.escape(str(indicator.get('title', 'nothing recorded')))}</td>"
                            f"<td>{html.escape(shown(indicator) if indicator else '')}</td></tr>")
        when = f", {moment(self['as_of']):%Y-%m-%d %H:%M} UTC" if self.get("as_of") else ""
        withheld = "".join(f"<li>{html.escape(str(one))}</li>" for one in self.get("withheld", []))
        return (f"<table><caption>{html.escape(self['scope'].rstrip('_'))} {html.escape(self['id'])}{when}</caption>"
                f"<tr><th>factor</th><th>indicator</th><th>value</th></tr>{''.join(rows)}</table>"
                f"<p>{html.escape(self.get('note', ''))}</p>" + (f"<ul>{withheld}</ul>" if withheld else ""))
