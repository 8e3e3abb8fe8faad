// SPDX-License-Identifier: Apache-2.0
// exchange.mjs ALLIANCE APPLY PLUGINS WORK-FOLDER
//
// Statements go into a real LRS and come out of it into the adapter; what the adapter writes goes back in; a voided
// statement takes back what was recorded; and what the LRS refuses the adapter refuses too.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';

const [alliance, apply, plugins, work] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const running = [];
const failures = [];
const expect = (held, what) => { if (!held) failures.push(what); };

function stop() { for (const child of running) child.kill('SIGKILL'); }
process.on('exit', stop);

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

function start(command, args, options) {
  const child = spawn(command, args, { stdio: 'ignore', ...options });
  running.push(child);
  return child;
}

async function until(what, condition) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await condition().catch(() => false)) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  console.log(`${what} did not come up in two minutes`);
  process.exit(1);
}

const redisPort = await freePort();
start('redis-server', ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', work]);
const port = await freePort();
mkdirSync(join(work, 'storage'), { recursive: true });
const lrs = `http://127.0.0.1:${port}/xAPI`;
start(process.execPath, [join(here, 'node_modules/xapi-statements/dist/server.js')], {
  cwd: work,
  env: { ...process.env, AUTH_REPO: 'test', EVENTS_REPO: 'redis', MODELS_REPO: 'memory', STORAGE_REPO: 'local',
    LOCAL_STORAGE_DIR: join(work, 'storage'), EXPRESS_PORT: String(port), REDIS_URL: `redis://127.0.0.1:${redisPort}/0` },
});
await until('the LRS', async () => (await fetch(`${lrs}/about`)).ok);

const headers = { 'X-Experience-API-Version': '1.0.3', 'Content-Type': 'application/json', Authorization: 'Basic dGVzdDp0ZXN0' };
const post = (body) => fetch(`${lrs}/statements`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
const all = async () => (await (await fetch(`${lrs}/statements?limit=100&ascending=true`, { headers })).text());

function ingest(payload, more = []) {
  const file = join(work, 'payload.json');
  writeFileSync(file, payload);
  const said = spawnSync(alliance, ['ingest', '--programme', 'xapi', '--plugins', plugins, '--json', ...more, file], { encoding: 'utf8' });
  if (!said.stdout) { console.log(said.stderr); process.exit(1); }
  return JSON.parse(said.stdout);
}

const adl = 'http://adlnet.gov/expapi/verbs/';
const statement = (verb, minute, more = {}) => ({
  id: randomUUID(),
  actor: { objectType: 'Agent', account: { homePage: 'https://platform.example/cases', name: 'c1' } },
  verb: { id: verb.startsWith('http') ? verb : adl + verb },
  object: { objectType: 'Activity', id: 'https://programme.example/demo/module-1' },
  timestamp: `2026-03-02T10:${String(minute).padStart(2, '0')}:00.000Z`,
  ...more,
});

// ---- In: one, several at once, out of order and twice -------------------------------------------------

const done = statement('completed', 30, { result: { completion: true, duration: 'PT29M' } });
const begun = statement('launched', 1);
expect((await post(done)).status === 200, 'the LRS takes one statement');
expect((await post([begun, statement('progressed', 10, { result: { duration: 'PT9M', extensions: { 'https://w3id.org/xapi/cmi5/result/extensions/progress': 40 } } })])).status === 200, 'the LRS takes an array');
await post(done);

const first = ingest(await all());
expect(first.unmapped.length === 0, `everything the LRS gives out is mapped: ${JSON.stringify(first.unmapped)}`);
expect(first.events.length === 3, `three statements are three events, not ${first.events.length}`);
expect(first.events.some((one) => one.id === `xapi:${done.id}` && one.body.progress === 'completed'), 'a completion is one');

// ---- Recorded, voided long after, and taken back ------------------------------------------------------

const opened = { id: 'open', case: 'c1', time: 1772000000000000, body_type: 'CaseOpened', body: { service: 's', practitioner: 'p', delivery: 'blended' } };
const opening = join(work, 'mapping.json');
writeFileSync(opening, JSON.stringify({
  programme: { id: 'opening', version: '1', components: [], default_path: [] }, format: 'json', case_field: 'case', key: ['id'],
  time: [{ field: 'when', format: 'iso' }],
  rules: [{ id: 'open', event: 'CaseOpened', values: [{ member: 'service', constant: 's' }, { member: 'practitioner', constant: 'p' }, { member: 'delivery', constant: 'blended' }] }],
}));
const keep = ['--record', '--store', join(work, 'store.db'), '--tenant', 't'];
writeFileSync(join(work, 'opening.json'), JSON.stringify({ id: opened.id, case: 'c1', when: '2026-02-25T08:00:00Z' }));
const open = spawnSync(alliance, ['ingest', '--mapping', opening, '--plugins', plugins, ...keep, '--new', join(work, 'opening.json')], { encoding: 'utf8' });
expect(open.status === 0, `a case is opened from a file: ${open.stderr}`);
expect(ingest(await all(), keep).recorded.events === 3, 'three events are recorded');
const again = ingest(await all(), keep).recorded;
expect(again.events === 0 && again.repeated === 3, 'taking in the same answer again records nothing');

const voiding = statement('voided', 40, { object: { objectType: 'StatementRef', id: done.id } });
expect((await post(voiding)).status === 200, 'the LRS takes the voiding');
const after = ingest(await all(), keep);
expect(after.events.some((one) => one.body_type === 'EventTakenBack' && one.body.event === `xapi:${done.id}`), 'what was voided is taken back');
expect(after.recorded.events === 1, 'the taking back is recorded once');
expect(ingest(await all(), keep).recorded.events === 0, 'and not again');

// ---- Out: what a practitioner decided -----------------------------------------------------------------

const proposal = JSON.stringify({ proposals: [{ key: 'k', rule: 'r', action: { kind: 'skip', component: 'module-4', replacement: 'worry-time' }, evidence: [{ what: 'w' }] }] });
const settings = JSON.stringify({ launch_url: 'https://programme.example/au/{component}', endpoint: `${lrs}/`, fetch: 'https://platform.example/fetch/{registration}' });
const written = spawnSync(apply, ['xapi', 'xapi', 'c1', '1774744200123456', settings], { input: proposal, encoding: 'utf8' });
expect(written.status === 0, `the adapter applies: ${written.stderr}`);
const [told, launching] = written.stdout.split('\n');
for (const time of [1, 2]) expect((await post(told)).status === 200, `the LRS takes what the adapter writes, time ${time}`);
const kept = await (await fetch(`${lrs}/statements?statementId=${JSON.parse(told).id}`, { headers })).json();
expect(kept.verb?.id === 'https://alliance-sdk.org/xapi/verbs/skipped', 'and gives it out again');
const { launch } = JSON.parse(launching);
const parameters = new URL(launch.url).searchParams;
expect(['endpoint', 'fetch', 'actor', 'registration', 'activityId'].every((name) => parameters.get(name)), 'the launch has its five parameters');
expect(JSON.parse(parameters.get('actor')).account.name === 'c1', 'and its actor is the case');
// A unit that was launched in this way sends cmi5's statements to that LRS.
const category = (name) => ({ id: `https://w3id.org/xapi/cmi5/context/categories/${name}` });
const fromUnit = (verb, minute, result, moveon) => statement(verb, minute, {
  actor: JSON.parse(parameters.get('actor')),
  object: { objectType: 'Activity', id: parameters.get('activityId') },
  context: { ...launch['LMS.LaunchData'].contextTemplate, registration: parameters.get('registration'),
    contextActivities: { ...launch['LMS.LaunchData'].contextTemplate.contextActivities, category: [category('cmi5'), ...(moveon ? [category('moveon')] : [])] } },
  ...(result ? { result } : {}),
});
const unit = [fromUnit('initialized', 50), fromUnit('completed', 55, { completion: true, duration: 'PT5M' }, true), fromUnit('terminated', 56, { duration: 'PT6M' })];
expect((await post(unit)).status === 200, 'the LRS takes what the launched unit sends');
const course = ingest(JSON.stringify(unit));
expect(course.events.length === 3 && course.events.every((one) => one.body.component === 'worry-time'), `a launched unit's statements are events: ${JSON.stringify(course.unmapped)}`);

// ---- What the LRS refuses, the adapter refuses --------------------------------------------------------

const spoils = [
  ['no verb', (one) => delete one.verb],
  ['no actor', (one) => delete one.actor],
  ['no object', (one) => delete one.object],
  ['an id that is no UUID', (one) => (one.id = 'x')],
  ['a verb without a scheme', (one) => (one.verb.id = 'launched')],
  ['two identifiers', (one) => (one.actor.mbox = 'mailto:a@b.example')],
  ['an unknown property', (one) => (one.mood = 1)],
  ['a null', (one) => (one.context = null)],
  ['a timestamp that is none', (one) => (one.timestamp = 'yesterday')],
  ['a score out of range', (one) => (one.result = { score: { scaled: 2 } })],
  ['a success that is a text', (one) => (one.result = { success: 'yes' })],
  ['a duration that is none', (one) => (one.result = { duration: '5 min' })],
  ['a registration that is no UUID', (one) => (one.context = { registration: '1' })],
  ['an extension without a scheme', (one) => (one.context = { extensions: { mood: 1 } })],
  ['an anonymous group without members', (one) => (one.actor = { objectType: 'Group' })],
  ['a platform beside an agent', (one) => { one.object = { objectType: 'Agent', mbox: 'mailto:a@b.example' }; one.context = { platform: 'p' }; }],
  ['a voiding of nothing', (one) => (one.verb.id = `${adl}voided`)],
];
for (const [name, spoil] of spoils) {
  const one = structuredClone(statement('launched', 59));
  spoil(one);
  const status = (await post(one)).status;
  const verdict = ingest(JSON.stringify(one));
  expect(status === 400, `${name}: the LRS answers ${status}`);
  expect(verdict.events.length === 0 && verdict.unmapped.length === 1, `${name}: the adapter lets it through`);
}

for (const failure of failures) console.log(failure);
console.log(`an LRS: ${spoils.length} faults refused on both sides; ${failures.length} failures`);
process.exit(failures.length ? 1 : 0);
