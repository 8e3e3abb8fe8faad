# SPDX-License-Identifier: Apache-2.0
"""T1, T2, T3: streams and round trips beside bare sockets, ZeroMQ and gRPC."""
import os, subprocess, tempfile

from .harness import Missing, goals, peer, peers, program, row, run, tool, version


def papers(folder):
    """An authority, and one certificate of it for both sides."""
    at = lambda name: os.path.join(folder, name)
    openssl = lambda *words: subprocess.run([tool("openssl"), *words], check=True, capture_output=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", "/CN=bench authority", "-days", "2")
    openssl("req", *key, "-keyout", at("key.pem"), "-out", at("request.pem"), "-subj", "/CN=localhost")
    with open(at("names"), "w") as names:
        names.write("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", at("request.pem"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-out", at("cert.pem"),
            "-days", "2", "-extfile", at("names"))
    return [at("cert.pem"), at("key.pem"), at("ca.pem")]


def measure(rows, quick):
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as folder:
        files = papers(folder)
        peers["OpenSSL"] = version("libssl3")
        yield from run(program("bench_transport"), rows, quick, *files)
        if quick:
            return
        for name, package, having in (("zeromq", "libzmq3-dev", ("T1", "T3")), ("grpc", "libgrpc++-dev", ("T1",))):
            asked = [one for one in rows if one in having]
            if not asked:
                continue
            try:
                peer({"zeromq": "ZeroMQ", "grpc": "gRPC"}[name], package)
                yield from run(program(f"bench_transport_{name}"), asked, quick, *files)
            except Missing as missing:
                yield from (row(f"{one} {name}", [], skipped=str(missing)) for one in asked if f"{one} {name}" in goals)
