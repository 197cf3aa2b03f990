"""Fails unless every dependency may be used under a permissive licence.

Reads the output of `cargo metadata`. An SPDX expression passes when its OR branches leave a way through that
needs only licences listed here; an unknown name, a missing expression or an exception not listed fails.
"""

import json
import sys

from boolean.boolean import AND, OR
from license_expression import ExpressionError, LicenseWithExceptionSymbol, get_spdx_licensing

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "PostgreSQL",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
}
# An exception only adds permissions, but to a licence that must itself be allowed.
ALLOWED_EXCEPTIONS = {"LLVM-exception"}

# Under MPL-2.0, which covers their own files only. They are used unchanged, and come with the reader of HTML pages.
ALLOWED_BY_NAME = {
    "cssparser": "MPL-2.0",
    "cssparser-macros": "MPL-2.0",
    "dtoa-short": "MPL-2.0",
    "selectors": "MPL-2.0",
}

SPDX = get_spdx_licensing()


def satisfiable(node):
    """True when the parsed expression can be met by allowed licences alone."""
    if isinstance(node, OR):
        return any(satisfiable(arg) for arg in node.args)
    if isinstance(node, AND):
        return all(satisfiable(arg) for arg in node.args)
    if isinstance(node, LicenseWithExceptionSymbol):
        return node.license_symbol.key in ALLOWED and node.exception_symbol.key in ALLOWED_EXCEPTIONS
    return node.key in ALLOWED


def objection(package):
    """What stands against one package of `cargo metadata`, or None."""
    expression = package["license"]
    if not expression:
        return "names no licence"
    if ALLOWED_BY_NAME.get(package["name"]) == expression:
        return None
    try:
        # Cargo's older manifests write `MIT/Apache-2.0` for OR.
        parsed = SPDX.parse(expression.replace("/", " OR "), validate=True, strict=True)
    except ExpressionError as error:
        return f"{expression!r} cannot be read: {error}"
    return None if satisfiable(parsed) else f"{expression!r} is not permissive"


def main(path):
    with open(path, encoding="utf-8") as file:
        packages = json.load(file)["packages"]
    refused = [(p["name"], p["version"], why) for p in packages if (why := objection(p))]
    for name, version, why in sorted(refused):
        print(f"{name} {version}: {why}")
    print(f"{len(packages)} packages, {len(refused)} refused")
    return 1 if refused or not packages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
