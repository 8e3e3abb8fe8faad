#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What examples/run --serve ends with: an address per role that answers, over an encrypted store, until Ctrl-C. And what it says.
. "$(dirname "$0")/lib.sh"
"$source/examples/run" --help >"$work/help.log"
has '--serve' "$work/help.log" "the help names --serve"
status=0
"$source/examples/run" --nonsense 2>"$work/usage.log" || status=$?
same "$status" 2 "an option that there is not"
has 'usage: examples/run \[--serve\]' "$work/usage.log" "the usage"

"$bin/05_course" --quiet --until 2026-02-30 --store "$work/never.db" 2>"$work/until.log" && fail "2026-02-30 was taken for a day"
has '2026-02-30 is none' "$work/until.log" "a day that there is not"
"$bin/05_course" --quiet --until 2026-03-20 --plugins "$plugins" --export "$course/programme-export.jsonl" \
  --events "$course/service-events.jsonl" --config "$course/course.json" --store "$work/store.db" >"$work/course.log"
has '^1[0-9]{3} events taken, 0 refused' "$work/course.log" "the course up to its seventh week"
[ -f "$work/store.db.keys" ] || fail "the store is not encrypted"

python3 - "$source/examples/clinic/course" "$work/store.db" "$bin/alliance" "$work/freeze" >"$work/serve.log" 2>&1 <<'END' || fail "the pages are not served"
import atexit, json, re, signal, subprocess, sys, urllib.error, urllib.request

course, store, alliance, freeze = sys.argv[1:]
at = 1773993600000000
serving = subprocess.Popen([course, store, str(at), alliance], stdout=subprocess.PIPE, text=True)
atexit.register(lambda: (serving.terminate(), serving.wait()))  # also when something below is not so
said = ""
while "Ctrl-C ends it" not in said:
    line = serving.stdout.readline()
    assert line, f"it ended: {said}"
    said += line
print(said)
pages = {page: (url, token) for url, page, token in re.findall(r"(http\S+?)/pages/(\w+)\.html#token=([^&\s]+)&", said)}
assert sorted(pages) == ["client", "practitioner", "researcher", "service"], pages


def get(role, path):
    url, token = pages[role]
    request = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


for role, path in [("client", "/cases/c10/due"), ("practitioner", "/practitioners/p3/review"), ("service", "/services/north/time"),
                   ("service", "/services/north/factors"), ("researcher", "/study/overview"), ("researcher", "/study")]:
    status, text = get(role, path)
    assert status == 200, (role, path, status, text)
for role, path in [("client", "/cases/c11/due"), ("practitioner", "/cases/c01/review"), ("service", "/cases/c10/review"), ("service", "/study"),
                   ("researcher", "/cases/c10/review"), ("client", "/study")]:
    assert get(role, path)[0] == 403, (role, path)
for page in pages:
    status, text = get(page, f"/pages/{page}.html")
    assert status == 200 and f'src="{page}.js"' in text, (page, status)
# The clock of the course goes on: it is the morning of 20 March.
assert at <= json.loads(get("service", "/services/north/time")[1])["as_of"] < at + 600e6
# The trial is blinded.
_, extract = get("researcher", "/study")
assert len(json.loads(extract)["cases"]) > 15 and '"value"' not in extract and '"scored"' not in extract, "an outcome"
_, overview = get("researcher", "/study/overview")
assert '"value"' not in overview and [one["arm"] for one in json.loads(overview)["arms"]] == ["blended", "face-to-face", "observe-only"], overview
with open(freeze, "w") as out:
    out.write(json.loads(overview)["freeze"])
# Nobody is named in what a service is given.
for path in ("time", "factors", "review"):
    text = get("service", f"/services/north/{path}")[1]
    assert not re.search(r'"(practitioner/)?[pc]\d+"', text), path

url = pages["client"][0]
serving.send_signal(signal.SIGINT)
rest = serving.stdout.read()
assert serving.wait(60) == 0, rest
try:
    urllib.request.urlopen(url + "/health", timeout=5)
    raise SystemExit("the sidecar is still there")
except urllib.error.URLError:
    pass
END

# By command the same is in force.
"$bin/alliance" export study --store "$work/store.db" --tenant course --config "$course/course.json" --plugins "$plugins" \
  --out "$work/study" >"$work/export.log" 2>&1 || fail "the export ended with $?"
has "\"freeze\": \"$(cat "$work/freeze")\"" "$work/study/manifest.json" "the manifest's freeze hash is that of the page"
