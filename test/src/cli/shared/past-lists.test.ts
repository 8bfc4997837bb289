import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { claimIdOf } from '#domain/gpu/claim/index.js';
import { bodyOf } from '#src/cli/shared/client.js';
import { connect } from '#src/cli/shared/options.js';
import { LISTS } from '#src/cli/shared/past-lists.js';
import { claimed, registered, submitted } from '../../../projections/events.js';
import { everyObject } from '../../http/support/every-object.js';
import { openPastApi } from '../../http/support/past-api.js';

/** More than a server returns for one request about the past, and more than two pages. */
const JOBS = 2001;
const NODES = 600;
const CLAIMS = 600;

const api = await openPastApi(t, undefined, 500);
const { bearer } = await everyObject(api);
const token = bearer['authorization']!.slice('Bearer '.length);
await api.app.listen({ port: 0, host: '127.0.0.1' });
const address = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
const names = Array.from({ length: JOBS }, (_, number) => `job-${number}`);
const position = await api.happened(
  ...names.map((name) => submitted(name)),
  ...Array.from({ length: NODES }, (_, number) => registered(`n${number}`)),
  ...Array.from({ length: CLAIMS }, () => claimed(claimIdOf(randomUUID()), 'u0')),
);
await api.happened(submitted('later'));

void t.test('reads a past list that is too long for one request', async (t) => {
  const lines = t.capture(process.stderr, 'write', () => true);
  const { api: past } = connect({ address, token, output: 'json', asOf: `#${position}` });
  const { jobs, count } = await bodyOf(past.GET('/jobs'));
  t.strictSame(
    jobs.map((job) => job.job_id),
    names,
  );
  t.equal(count, JOBS);
  const { nodes } = await bodyOf(past.GET('/nodes'));
  t.equal(nodes.length, NODES);
  const { gpu_claims: claims } = await bodyOf(past.GET('/api/gpu-claims'));
  t.equal(claims.length, CLAIMS);
  t.equal(lines().length, 2, 'the moment and the missing fields are shown once, not for each page');
});

void t.test('leaves a requested limit as it is', async (t) => {
  t.capture(process.stderr, 'write', () => true);
  const { api: past } = connect({ address, token, output: 'json', asOf: `#${position}` });
  const { jobs } = await bodyOf(past.GET('/jobs', { params: { query: { limit: 3 } } }));
  t.strictSame(
    jobs.map((job) => job.job_id),
    names.slice(0, 3),
  );
});

interface Schema {
  readonly $ref?: string;
  readonly items?: Schema;
}

interface Described {
  readonly paths: Record<string, { readonly get: Operation } | undefined>;
  readonly components: { readonly schemas: Record<string, { readonly properties: Record<string, Schema> }> };
}

interface Operation {
  readonly responses: { readonly 200: { readonly content: Record<string, { readonly schema: Schema }> } };
}

void t.test('knows the items of each list', async (t) => {
  const apis = ['cluster', 'gpu'].map(
    (name) => JSON.parse(readFileSync(`openapi/${name}.json`, 'utf8')) as Described,
  );
  for (const [path, list] of Object.entries(LISTS)) {
    const { paths, components } = apis.find((each) => each.paths[path] !== undefined)!;
    const fieldsOf = ({ $ref = '' }: Schema) => components.schemas[$ref.split('/').at(-1)!]!.properties;
    const fields = fieldsOf(paths[path]!.get.responses[200].content['application/json']!.schema);
    t.strictSame(Object.keys(fields).sort(), ['count', list!.items].sort(), path);
    t.ok(fieldsOf(fields[list!.items]!.items!)[list!.id], `the items of ${path} have the field ${list!.id}`);
  }
});
