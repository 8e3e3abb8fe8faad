// SPDX-License-Identifier: Apache-2.0
// node score.mjs fhirpath|table FILE ROUNDS: the same as bench_fhir, in JavaScript. Prints the processor time of one.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const [how, file, rounds] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const lines = fs.readFileSync(file, 'utf8').trim().split('\n');
const scales = {
  total: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'],
  task: ['1', '2', '10', '12'],
  bond: ['3', '5', '7', '9'],
  goal: ['4', '6', '8', '11'],
};
const allowed = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5 };
const refuse = (what) => { throw new Error(what); };

// Parsed, each item known and answered once with one of its options, and added up.
function byTable(line) {
  const response = JSON.parse(line);
  if (response.resourceType !== 'QuestionnaireResponse') refuse('no response');
  if (response.status !== 'completed') refuse('not completed');
  const given = {};
  for (const item of response.item) {
    if (!scales.total.includes(item.linkId)) refuse('an unknown item');
    if (item.linkId in given) refuse('an item twice');
    if (item.answer.length !== 1) refuse('not one answer');
    const coding = item.answer[0].valueCoding;
    if (coding.system !== 'urn:alliance-sdk:answer-value' || !(coding.code in allowed)) refuse('none of the options');
    given[item.linkId] = allowed[coding.code];
  }
  const scores = {};
  for (const scale in scales) {
    let sum = 0, answered = 0;
    for (const item of scales[scale]) {
      if (given[item] === undefined) continue;
      sum += given[item];
      ++answered;
    }
    scores[scale] = answered === scales[scale].length ? { value: sum, answered } : { answered };
  }
  return scores.total.value;
}

function byFhirpath() {
  const fhirpath = createRequire(import.meta.url)('fhirpath');
  const sum = (items) => fhirpath.compile(
    `QuestionnaireResponse.item.where(linkId in (${items.map((id) => `'${id}'`).join('|')})).answer.valueCoding.code` +
    '.select($this.toInteger()).aggregate($this + $total, 0)', null);
  const valid = fhirpath.compile(
    "status = 'completed' and item.linkId.isDistinct() and item.all(linkId.toInteger() >= 1 and linkId.toInteger() <= 12" +
    " and answer.count() = 1 and answer.valueCoding.system = 'urn:alliance-sdk:answer-value'" +
    " and answer.valueCoding.code.toInteger() >= 1 and answer.valueCoding.code.toInteger() <= 5)", null);
  const compiled = Object.values(scales).map(sum);
  return (line) => {
    const response = JSON.parse(line);
    if (valid(response)[0] !== true) refuse('not valid');
    return compiled.map((expression) => expression(response)[0])[0];
  };
}

const one = how === 'fhirpath' ? byFhirpath() : byTable;
let total = 0;
const all = () => { for (const line of lines) total += one(line); };
for (let round = 0; round < 2 + rounds / 2; ++round) all();  // until it is compiled
total = 0;
const begin = process.cpuUsage();
for (let round = 0; round < rounds; ++round) all();
const took = process.cpuUsage(begin);
console.log(JSON.stringify({ ns: (took.user + took.system) * 1000 / rounds / lines.length, total: total / rounds }));
