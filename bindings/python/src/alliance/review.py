# SPDX-License-Identifier: Apache-2.0
"""A review as a mapping that shows itself in a notebook."""
from __future__ import annotations

import html
from typing import Any, Dict, Iterator, List, Mapping

from .words import moment

#: What the study that inspired the indicators calls each factor (Doukani et al. 2022, doi 10.1192/bjo.2022.546).
factors = {
    "f1_time": "F1 more time to deliver treatment", "f2_toolkit": "F2 access to a wider toolkit",
    "f3_tailoring": "F3 capacity to tailor components", "f4_support": "F4 appropriate training and support",
    "b1_resources": "B1 time and resource constraints", "b2_usability": "B2 usability challenges",
    "b3_inflexibility": "B3 limited flexibility of the programme", "b4_confidence": "B4 lack of confidence in delivering b-CBT",
}


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
                name = html.escape(factors.get(row["factor"], row["factor"]))
                head = f"<th rowspan='{max(1, len(indicators))}'>{name}</th>" if at == 0 else ""
                value = indicator.get("value")
                shown = "" if value is None else f"{value:g}" if isinstance(value, (int, float)) else str(value)
                rows.append(f"<tr>{head}<td>{html.escape(str(indicator.get('name', indicator.get('id', 'nothing recorded'))))}</td>"
                            f"<td>{html.escape(shown)} {html.escape(str(indicator.get('unit') or ''))}</td>"
                            f"<td>{html.escape(str(indicator.get('note') or ''))}</td></tr>")
        when = f", {moment(self['as_of']):%Y-%m-%d %H:%M} UTC" if self.get("as_of") else ""
        withheld = "".join(f"<li>{html.escape(str(one))}</li>" for one in self.get("withheld", []))
        return (f"<table><caption>{html.escape(self['scope'].rstrip('_'))} {html.escape(self['id'])}{when}</caption>"
                f"<tr><th>factor</th><th>indicator</th><th>value</th><th></th></tr>{''.join(rows)}</table>"
                f"<p>{html.escape(self.get('note', ''))}</p>" + (f"<ul>{withheld}</ul>" if withheld else ""))
