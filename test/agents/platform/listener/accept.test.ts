import t from 'tap';
import { prefersOctets, qualityOf } from '#agents/platform/listener/accept.js';

void t.test('reads the quality of a named media range', async (t) => {
  const accept = 'text/plain, Text/Event-Stream; charset=utf-8; q=0.5, application/json;q=0, a/b;q=x';
  t.equal(qualityOf(accept, 'text/plain'), 1);
  t.equal(qualityOf(accept, 'text/event-stream'), 0.5);
  t.equal(qualityOf(accept, 'application/json'), 0);
  t.equal(qualityOf(accept, 'a/b'), 1, 'a quality that is not a number counts as none');
  t.equal(qualityOf(accept, '*/*'), undefined);
  t.equal(qualityOf('a/b;q=0.1, a/b;q=0.7', 'a/b'), 0.7);
});

void t.test('prefers raw bytes only if the header ranks them above the type', async (t) => {
  const TEXT = 'text/plain; charset=utf-8';
  for (const accept of [
    'application/octet-stream',
    'application/octet-stream, application/json',
    'Application/Octet-Stream;q=0.9, text/*;q=0.8',
    'application/octet-stream, */*;q=0.1',
    'text/plain;q=0.5, */*, application/octet-stream',
  ])
    t.equal(prefersOctets(accept, TEXT), true, accept);
  for (const accept of [
    '',
    '*/*',
    'text/plain',
    'application/*',
    'application/json',
    'application/octet-stream;q=0',
    'application/octet-stream, text/plain',
    'application/octet-stream, */*',
    'application/octet-stream;q=0.5, text/*',
  ])
    t.equal(prefersOctets(accept, TEXT), false, accept);
});
