# SPDX-License-Identifier: Apache-2.0
# Sphinx's settings. The pages are those that generate.py laid into the source folder.
import os

project = "Alliance SDK"
author = "Contributors to the Alliance SDK"
copyright = author
release = version = os.environ["ALLIANCE_VERSION"]

extensions = ["myst_parser", "breathe"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4
breathe_projects = {"alliance": os.environ["ALLIANCE_DOXYGEN"]}
breathe_default_project = "alliance"
breathe_domain_by_extension = {"h": "c", "hpp": "cpp"}
breathe_show_include = False
nitpicky = False
c_id_attributes = ["ALLIANCE_API", "ALLIANCE_NOEXCEPT", "ALLIANCE_EXPORT"]
highlight_language = "text"

html_theme = "furo"
html_title = f"Alliance SDK {release}"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["site.css"]
