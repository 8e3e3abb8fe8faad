# SPDX-License-Identifier: Apache-2.0
"""fuzz.py ALLIANCE OPENAPI WORK: requests that schemathesis makes up from the document, good and bad."""

import pathlib
import subprocess
import sys

from served import Served

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method"


def main():
    command, work = sys.argv[1], pathlib.Path(sys.argv[3])
    schemathesis = pathlib.Path(sys.executable).parent / "schemathesis"
    settings = work / "fuzz.json"
    token = "fuzz-fuzz-fuzz-fuzz-fuzz-fuzz"
    (work / "fuzz.token").write_text(token)
    (work / "fuzz.token").chmod(0o600)
    store = work / "fuzz.db"
    for old in work.glob("fuzz.db*"):
        old.unlink()
    settings.write_text('{"tenants":[{"tenant":"t","store":"%s","host":{"safety":{"contact":"duty"}}}],'
                        '"tokens":[{"name":"fuzz","tenant":"t","role":"service","file":"%s"}],'
                        '"limits":{"requests_per_second":0}}' % (store, work / "fuzz.token"))
    with Served(command, "--config", str(settings), log=work / "fuzz.log") as served:
        personal = served.ask("POST", "/tokens", {"role": "practitioner", "id": "p-7", "minutes": 60}, token)[1]["token"]
        opened = {"id": "o", "case": "example-case", "body_type": "CaseOpened", "body": {"service": "north", "practitioner": "p-7", "delivery": "blended"}}
        assert served.ask("POST", "/events", opened, token)[0] == 201
        for who, examples in ((token, 25), (personal, 15)):
            done = subprocess.run([schemathesis, "run", served.url + "/openapi.json", "--header", "Authorization: Bearer " + who,
                                   "--header", "Alliance-Viewer: p-7", "--exclude-operation-id", "streamReports",
                                   "--checks", CHECKS, "--max-examples", str(examples), "--phases", "examples,coverage,fuzzing", "--seed", "7",
                                   "--request-timeout", "30", "--suppress-health-check", "all", "--no-color"], cwd=work, capture_output=True, text=True)
            print("\n".join(done.stdout.splitlines()[-40:]))
            assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert served.ask("GET", "/ready")[0] == 200
        assert served.end() == 0, served.said()
        assert "fuzz-fuzz" not in served.said()


main()
