#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sbom.py BUILD-FOLDER OUTPUT-FOLDER [PYTHON-PACKAGE]: what is really in the binaries, and under which licence.

For the library, the command, the runner and each plugin: the libraries that it asks for (its DT_NEEDED), and the headers
that its objects were compiled from (ninja keeps them), whose code is inside. Each is traced to the Debian package that it
came with. Writes

  alliance.spdx.json   an SBOM, SPDX 2.3
  THIRD-PARTY.txt      the copyright files of everything whose code is inside, where its licence asks for that

PYTHON-PACKAGE is the folder `alliance` as pip installed it; where it is there, its extension is described too: it holds
what the library holds, and nanobind, whose notice lies in the package. A package that licences.json does not know is an
error: somebody has to read its licence first."""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

TOOLCHAIN = {"gcc-12", "glibc", "linux"}  # headers that declare what is linked, or what the kernel takes


def out(*command, cwd=None):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=cwd).stdout


def artefacts(build):
    found = [build / "lib/liballiance.so", build / "bin/alliance", build / "bin/alliance-plugin-runner"]
    return found + sorted((build / "lib/alliance/plugins").glob("*.so"))


class Packages:
    """Debian's, by the file that they brought."""

    def __init__(self):
        self.by_file, self.known = {}, {}

    def own(self, files):
        """Asks for all of `files` at once."""
        names = {}  # what dpkg may call it: file
        for file in files - self.by_file.keys():
            for name in {file, os.path.realpath(file), re.sub(r"^/usr/lib", "/lib", os.path.realpath(file))}:
                names[name] = file
        if names:
            said = subprocess.run(["dpkg-query", "-S", *sorted(names)], capture_output=True, text=True).stdout
            for owner, name in re.findall(r"^(\S+): (\S+)$", said, re.M):
                if name in names:
                    self.by_file[names[name]] = owner.rstrip(",").split(":")[0]
        missing = files - self.by_file.keys()
        if missing:
            raise SystemExit(f"no Debian package brought {', '.join(sorted(missing))}")
        return {self.by_file[file] for file in files}

    def about(self, name):
        if name not in self.known:
            fields = out("dpkg-query", "-W", "-f", "${source:Package}\t${Version}\t${Architecture}\n", name)
            self.known[name] = fields.splitlines()[0].split("\t")
        return self.known[name]


def needed(binary):
    return re.findall(r"^\s+NEEDED\s+(\S+)$", out("objdump", "-p", str(binary)), re.M)


def library_paths(binary):
    """Where the loader finds each of `needed`; it names itself by its path alone."""
    said = out("ldd", str(binary))
    return {path.rpartition("/")[2]: path for path in re.findall(r"(?:=>|^)\s+(/\S+) \(0x", said, re.M)}


def headers(build, binary, deps):
    """The system's headers behind the objects that `binary` was made from."""
    target = str(binary.resolve().relative_to(build))
    objects = set(re.findall(r" -o (\S+\.o) -c ", out("ninja", "-t", "commands", target, cwd=build)))
    if not objects:
        raise SystemExit(f"ninja names no object of {target}")
    return {os.path.normpath(path) for name in objects for path in deps.get(name, ()) if path.startswith("/usr/")}


def all_deps(build):
    deps, name = {}, None
    for line in out("ninja", "-t", "deps", cwd=build).splitlines():
        if line.startswith("    "):
            deps[name].append(line.strip())
        elif ": #deps" in line:
            name = line.split(": #deps")[0]
            deps[name] = []
    return deps


def extension(module):
    """The Python package's own binary, and nanobind's version and notice."""
    found, notices = sorted(module.glob("_core.*.so")), sorted(module.glob("_sdk/notices/nanobind-*.txt"))
    if len(found) != 1 or len(notices) != 1:
        raise SystemExit(f"{module} is no Python package of ours: one _core.*.so and one notice of nanobind are expected")
    return found[0], notices[0].stem.removeprefix("nanobind-"), notices[0].read_text()


def spdx_id(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", text)


def main(build, folder, module=None):
    build, folder = pathlib.Path(build).resolve(), pathlib.Path(folder)
    module = pathlib.Path(module) if module and pathlib.Path(module).is_dir() else None
    top = pathlib.Path(__file__).resolve().parents[2]
    folder.mkdir(parents=True, exist_ok=True)
    licences = json.loads(pathlib.Path(__file__).with_name("licences.json").read_text())
    version = re.search(r"^project\(AllianceSDK VERSION (\S+)", (top / "CMakeLists.txt").read_text(), re.M)[1]
    packages, deps = Packages(), all_deps(build)
    linked, inside = {}, {}  # binary: packages
    for binary in artefacts(build):
        # Our own library is described by itself.
        asked = [name for name in needed(binary) if not name.startswith("liballiance.so")]
        paths = library_paths(binary)
        linked[binary] = packages.own({paths[name] for name in asked})
        sources = {packages.about(name)[0] for name in linked[binary]} | TOOLCHAIN
        inside[binary] = {name for name in packages.own(headers(build, binary, deps))
                          if packages.about(name)[0] not in sources}

    if module:
        core, nanobind, notice = extension(module)
        linked[core] = packages.own({library_paths(core)[name] for name in needed(core)})
        inside[core] = inside[build / "lib/liballiance.so"]

    used = set().union(*linked.values(), *inside.values())
    unknown = sorted({packages.about(name)[0] for name in used} - licences.keys())
    if unknown:
        raise SystemExit(f"tests/release/licences.json names no licence of {', '.join(unknown)}: read it first")

    when = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or
                                               datetime.datetime.now().timestamp()), datetime.timezone.utc)

    def package(name, number, licence, **more):
        return {"SPDXID": spdx_id("Package-" + name), "name": name, "versionInfo": number, "downloadLocation": "NOASSERTION",
                "filesAnalyzed": False, "licenseConcluded": licence, "licenseDeclared": licence,
                "copyrightText": "NOASSERTION", **more}

    sdk = package("alliance-sdk", version, "Apache-2.0", supplier="Organization: Alliance SDK")
    described, relations = [sdk], [("SPDXRef-DOCUMENT", "DESCRIBES", sdk["SPDXID"])]
    for name in sorted(used):
        source, number, architecture = packages.about(name)
        described.append(package(
            name, number, licences[source]["licence"], supplier="Organization: Debian", comment=licences[source]["name"],
            externalRefs=[{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                           "referenceLocator": f"pkg:deb/debian/{name}@{number.replace('+', '%2B').replace(':', '%3A')}"
                                               f"?arch={architecture}"}]))
    for name, about in licences["vendored"].items():
        text = (top / about["file"]).read_bytes()
        if about["version"].encode() not in text[:200]:
            raise SystemExit(f"{about['file']} is not {name} {about['version']}, which tests/release/licences.json has")
        described.append(package(name, about["version"], about["licence"], comment=f"{about['file']}, as it was published",
                                 checksums=[{"algorithm": "SHA256", "checksumValue": hashlib.sha256(text).hexdigest()}],
                                 externalRefs=[{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                                "referenceLocator": f"pkg:npm/{name}@{about['version']}"}]))
        relations.append((sdk["SPDXID"], "CONTAINS", spdx_id("Package-" + name)))
    if module:
        described.append(package("nanobind", nanobind, licences["nanobind"]["licence"], comment=licences["nanobind"]["name"], externalRefs=[
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": f"pkg:pypi/nanobind@{nanobind}"}]))
        relations.append((spdx_id("Package-" + core.name), "STATIC_LINK", spdx_id("Package-nanobind")))
    for binary in linked:
        digest = hashlib.sha256(binary.read_bytes()).hexdigest()
        made = package(binary.name, version, "Apache-2.0", supplier="Organization: Alliance SDK",
                       checksums=[{"algorithm": "SHA256", "checksumValue": digest}])
        described.append(made)
        relations.append((sdk["SPDXID"], "CONTAINS", made["SPDXID"]))
        relations += [(made["SPDXID"], "DYNAMIC_LINK", spdx_id("Package-" + name)) for name in sorted(linked[binary])]
        relations += [(made["SPDXID"], "STATIC_LINK", spdx_id("Package-" + name)) for name in sorted(inside[binary])]
    identity = hashlib.sha256(json.dumps([described, relations]).encode()).hexdigest()
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"alliance-sdk-{version}",
        "documentNamespace": f"https://alliance-sdk.invalid/spdx/{version}/{identity[:32]}",
        "creationInfo": {"created": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: tests/release/sbom.py"]},
        "packages": described,
        "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in relations],
    }
    (folder / "alliance.spdx.json").write_text(json.dumps(document, indent=1) + "\n")
    with (folder / "THIRD-PARTY.txt").open("w") as notices:
        for name in sorted(set().union(*inside.values())):
            if licences[packages.about(name)[0]]["licence"] == "BSL-1.0":
                continue  # it asks for no notice beside machine code
            about = pathlib.Path(f"/usr/share/doc/{name}/copyright").read_text(errors="replace")
            notices.write(f"{'=' * 100}\n{licences[packages.about(name)[0]]['name']} ({name} {packages.about(name)[1]})\n\n{about}\n")
        if module:
            notices.write(f"{'=' * 100}\nnanobind {nanobind}, in the Python package alone\n\n{notice}\n")
    for binary in linked:
        names = ", ".join(sorted(licences[packages.about(name)[0]]["name"] for name in inside[binary]))
        print(f"{binary.name}: {len(linked[binary])} packages linked; inside: {names or 'nothing'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
