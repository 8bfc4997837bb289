import t from 'tap';
import { loadConsole } from '../fixtures/load.js';

interface Module {
  incidentText(head: object, lines: readonly object[]): string;
  readIncident(text: string): {
    readonly head: { readonly from: string; readonly events: number } | undefined;
    readonly events: readonly {
      readonly position: string;
      readonly words: string;
      readonly failed: boolean;
    }[];
    readonly problem: string | undefined;
  };
  narrowedEvents(events: readonly object[], filter: string): readonly { readonly position: string }[];
}
const { incidentText, readIncident, narrowedEvents } = await loadConsole<Module>('rooms/incident/file.ts');

const head = { server: '1.0.0', made_at: '2026-11-28T00:00:00Z', from: '3', to: '9', events: 2 };
const line = {
  position: '3',
  stream: 'job-a',
  type: 'JobSubmitted',
  at: '2026-11-28T00:00:00Z',
  data: { job_id: 'a' },
};
const worded = { ...line, position: '9', words: 'job a failed', failed: true, kind: 'job', object: 'a' };

void t.test('an incident file reads back unchanged', async (t) => {
  const { head: read, events, problem } = readIncident(incidentText(head, [line, worded]));
  t.match(read, { from: '3', events: 2 });
  t.equal(problem, undefined);
  t.match(events, [
    { position: '3', words: 'JobSubmitted in job-a', failed: false, raw: line },
    { position: '9', words: 'job a failed', failed: true, kind: 'job', id: 'a' },
  ]);
});

void t.test('a truncated file is reported with the number of missing events', async (t) => {
  const { events, problem } = readIncident(incidentText(head, [line]));
  t.equal(events.length, 1);
  t.equal(problem, 'The file ends early: 1 of 2 events are missing.');
});

void t.test('a log export is read without a header, and lines that are not events are skipped', async (t) => {
  const text = `${JSON.stringify(line)}\n\n${JSON.stringify({ end: true })}\n`;
  t.match(readIncident(text), { head: undefined, problem: undefined, events: [{ position: '3' }] });
  const { position: _position, ...bare } = line;
  t.match(
    readIncident(`${JSON.stringify(bare)}\n`).events,
    [{ position: '1' }],
    'an event without a position gets its line number',
  );
});

void t.test('a file that is not a log is refused with the number of the faulty line', async (t) => {
  const refusals: readonly (readonly [text: string, message: RegExp])[] = [
    ['', /is empty/],
    ['hello', /Line 1 is not JSON/],
    [`${JSON.stringify(line)}\n[1]\n`, /Line 2 is not an object/],
    ['{"a":1}', /contains no events/],
    [incidentText(head, []), /contains no events/],
    [incidentText(head, [line]).replace('"version":1', '"version":2'), /has version 2/],
  ];
  for (const [text, message] of refusals) t.throws(() => readIncident(text), { message });
});

void t.test('events are filtered by all words, in any field', async (t) => {
  const { events } = readIncident(incidentText(head, [line, worded]));
  t.match(narrowedEvents(events, 'FAILED job'), [{ position: '9' }]);
  t.equal(narrowedEvents(events, 'job-a').length, 2);
  t.equal(narrowedEvents(events, 'nothing').length, 0);
  t.equal(narrowedEvents(events, '  ').length, 2);
});
