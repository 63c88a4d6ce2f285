"""How the documentation is built: offline, from MyST, with what is generated made anew each time."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from dcpermit.version import VERSION

project = "dcpermit"
release = version = VERSION
copyright = "the dcpermit authors, Apache-2.0"
language = "en"

extensions = ["docpages", "myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown"}
root_doc = "index"

# Words stand as they are written: no quotes turned, no dashes joined.
smartquotes = False
highlight_language = "none"
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_inline"]

# Signatures are short: a type is told in them once, and what an argument is in the docstring.
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_class_signature = "mixed"
maximum_signature_line_length = 88
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

# Every name leads somewhere, but for two: those of other libraries, since nothing is fetched, and types in signatures
# that the page of the Python interface does not show.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(pathlib|datetime|collections|numpy|np|pandas|pd|pint|geopandas|shapely|attrs|typing|argparse)(\..*)?"),
    ("py:class", r"dcpermit\.[a-z_.]+\.\w+"),
]

html_theme = "furo"
html_title = f"dcpermit {VERSION}"
html_static_path = ["style"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_sphinx = False
