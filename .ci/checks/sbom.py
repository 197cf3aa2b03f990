"""Compares an SBOM with what Cargo puts into the binary: sbom.py SBOM METADATA."""

import json
import pathlib
import sys

from third_party import in_binary


def main():
    document, metadata = (json.loads(pathlib.Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:])
    assert document["bomFormat"] == "CycloneDX", document.get("bomFormat")
    listed = {(part["name"], part["version"]) for part in document["components"]}
    linked = {(package["name"], package["version"]) for package in in_binary(metadata)}
    assert linked <= listed, f"the SBOM lacks {sorted(linked - listed)}"
    unlicensed = [part["name"] for part in document["components"] if not part.get("licenses")]
    assert not unlicensed, f"the SBOM has no licence of {unlicensed}"
    print(f"the SBOM lists {len(listed)} crates, with each of the {len(linked)} in the binary")


if __name__ == "__main__":
    main()
