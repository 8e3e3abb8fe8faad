#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""links.py FOLDER: every link within the site leads to a page, and to a place on it."""

import html.parser
import pathlib
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.places = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for key, value in attributes:
            if key == "id" or (tag == "a" and key == "name"):
                self.places.add(value)
            elif key in ("href", "src") and value:
                self.links.append(value)


def main(folder):
    folder = pathlib.Path(folder).resolve()
    pages = {path: Page(path.read_text()) for path in folder.rglob("*.html")}
    faults, looked = [], 0
    for path, page in pages.items():
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            looked += 1
            target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                faults.append(f"{path.relative_to(folder)}: {link} leads nowhere")
            elif parts.fragment and target in pages and urllib.parse.unquote(parts.fragment) not in pages[target].places:
                faults.append(f"{path.relative_to(folder)}: {link} leads to a place that is not there")
    print("\n".join(sorted(set(faults))) or f"{len(pages)} pages, {looked} links within")
    return 1 if faults or len(pages) < 40 or not (folder / "searchindex.js").exists() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
