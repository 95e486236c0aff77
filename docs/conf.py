"""How the documentation is built: `sphinx-build -W docs docs/_build`, with no network."""  # noqa: INP001

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent / "src")]
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")])
)  # the kernel of a notebook, where notebooks are run


def bring_notebooks() -> None:
    """Copy the notebooks next to the pages: Sphinx reads nothing outside its own folder."""
    shown = HERE / "notebooks"
    shown.mkdir(exist_ok=True)
    names = {path.name for path in (HERE.parent / "notebooks").glob("*.ipynb")}
    for name in names:
        source, copy = HERE.parent / "notebooks" / name, shown / name
        if not copy.is_file() or copy.read_bytes() != source.read_bytes():
            shutil.copyfile(source, copy)
    for copy in shown.glob("*.ipynb"):
        if copy.name not in names:
            copy.unlink()


bring_notebooks()

project = "phanbo"
author = "phanbo"
html_title = "phanbo · phân bổ"
project_copyright = "phanbo, MIT"
language = (
    "en"  # of the search and of the theme's own words; a page in Vietnamese says so itself (`lang: vi`)
)

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "generated",
    "mathml",
    "page_language",
]
exclude_patterns = ["_build", "_ext", "**.ipynb_checkpoints"]
default_role = "py:obj"

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_update_mathjax = False
nb_execution_mode = "off"  # `-D nb_execution_mode=auto` runs them and shows what they print
nb_execution_timeout = 120
nb_merge_streams = True

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["phanbo.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True, "footer_icons": []}
