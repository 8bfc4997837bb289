import t from 'tap';
import { openTestApi } from '../support/test-api.js';

const { app } = await openTestApi(t);

void t.test('a stream is sent as raw bytes to a client that prefers them', async (t) => {
  const url = '/audit/events?limit=3&follow=false';
  const read = async (headers: Record<string, string>, at = url) => {
    const { statusCode, headers: sent, body } = await app.inject({ url: at, headers });
    return { statusCode, type: sent['content-type'], body };
  };
  const plain = await read({});
  t.equal(plain.type, 'application/x-ndjson; charset=utf-8');
  const octets = { accept: 'application/octet-stream' };
  t.same(await read(octets), { ...plain, type: 'application/octet-stream' });
  t.same(await read({ accept: '*/*' }), plain);
  t.same(await read({ accept: 'application/octet-stream, application/x-ndjson' }), plain);

  const events = await read({}, `${url}&format=sse`);
  t.equal(events.type, 'text/event-stream; charset=utf-8');
  t.same(await read(octets, `${url}&format=sse`), { ...events, type: 'application/octet-stream' });
});

void t.test('errors and other responses keep their type', async (t) => {
  const headers = { accept: 'application/octet-stream' };
  for (const [url, status] of [
    ['/audit/events?limit=none', 400],
    ['/jobs/none/allocations/none/logs', 404],
    ['/jobs', 200],
  ] as const) {
    const { statusCode, headers: sent } = await app.inject({ url, headers });
    t.equal(statusCode, status, url);
    t.match(sent['content-type'], /^application\/json/, url);
  }
});
