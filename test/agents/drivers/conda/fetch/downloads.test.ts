import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { Downloads, type Wanted } from '#agents/drivers/conda/fetch/downloads.js';
import { OwnParts, parseEndpointList, Reach, systemResolve } from '#agents/drivers/http/index.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { ownFolder } from '../../../../fixtures/folder.js';

const TEXT = 'a package';
const SHA256 = createHash('sha256').update(TEXT).digest('hex');

async function serve(t: Test, respond: RequestListener): Promise<string> {
  const server = createServer(respond).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function fetched(t: Test, url: string): Promise<string> {
  const downloads = new Downloads({
    reach: new Reach(parseEndpointList('127.0.0.0/8'), new OwnParts(() => [], systemResolve), systemResolve),
    sources: [],
    credentials: [],
    folder: ownFolder(t),
    environment: {},
    clean: (text) => text,
    clock: systemClock,
    retryMs: [1, 1],
  });
  const wanted: Wanted = {
    name: 'mod',
    url: `${url}/mod-1.0-0.conda`,
    sha256: SHA256,
    size: 0,
    kind: 'conda',
  };
  return readFileSync(fileURLToPath((await downloads.fetch([wanted])).get(wanted.url) ?? ''), 'utf8');
}

/** Responds to the first requests with these statuses, or breaks the connection if there is none, and then with the file. */
function failsFirst(failures: readonly (number | undefined)[]): {
  respond: RequestListener;
  requests: number;
} {
  const heard = {
    requests: 0,
    respond: ((request, response) => {
      const failure = failures[heard.requests];
      heard.requests += 1;
      if (heard.requests > failures.length) response.end(TEXT);
      else if (failure === undefined) request.destroy();
      else response.writeHead(failure).end('busy');
    }) satisfies RequestListener,
  };
  return heard;
}

void t.test('retries a download after a transient failure', async (t) => {
  for (const failures of [[503], [429, 502], [undefined, 500], [undefined, undefined]]) {
    const server = failsFirst(failures);
    t.equal(await fetched(t, await serve(t, server.respond)), TEXT, JSON.stringify(failures));
    t.equal(server.requests, failures.length + 1);
  }
});

void t.test('fails a download after three attempts, or at once after a permanent error', async (t) => {
  for (const [failures, requests, message] of [
    [[503, 503, 503, 503], 3, /responded with 503/],
    [[404], 1, /responded with 404/],
    [[403], 1, /responded with 403/],
  ] as const) {
    const server = failsFirst(failures);
    await t.rejects(fetched(t, await serve(t, server.respond)), { message }, JSON.stringify(failures));
    t.equal(server.requests, requests);
  }
});
