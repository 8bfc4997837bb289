import t from 'tap';
import { differenceLines } from '#src/cli/log/diff-view.js';
import type { Audit } from '#src/cli/shared/client.js';

type Diff = Audit['ObjectDiff'];

const moment = (position: string, state: Diff['from']['state']): Diff['from'] => ({
  position,
  at: `2026-11-20T14:00:${position}.000Z`,
  ...(state && { state }),
});
const of = (before: Diff['from']['state'], after: Diff['from']['state'], patch: Diff['patch']): Diff => ({
  of: 'job:hello',
  from: moment('14', before),
  to: moment('25', after),
  patch,
  events: [],
  next: null,
});
const HEADING = 'job:hello from 2026-11-20T14:00:14.000Z (#14) to 2026-11-20T14:00:25.000Z (#25)';

void t.test('shows added, removed and changed values, each on a line', async (t) => {
  const before = { version: 0, groups: [{ count: 1 }, 'x'], 'a/b': { c: true } };
  t.strictSame(
    differenceLines(
      of(before, {}, [
        { op: 'replace', path: '/groups/0/count', value: 2 },
        { op: 'remove', path: '/groups/1' },
        { op: 'remove', path: '/a~1b/c' },
        { op: 'add', path: '/finished', value: { at: 1 } },
        { op: 'replace', path: '/version', value: 'y'.repeat(200) },
        { op: 'add', path: '/secret', value: `sealed:1:tenant-1:${'A'.repeat(38)}` },
      ]),
    ),
    [
      HEADING,
      '~ groups.0.count: 1 → 2',
      '- groups.1: x',
      '- a/b.c: true',
      '+ finished: {"at":1}',
      `~ version: 0 → ${'y'.repeat(100)}…`,
      '+ secret: (sealed)',
    ],
  );
});

void t.test(
  'reports that an object was created, ended, is unchanged or did not exist at either moment',
  async (t) => {
    const whole = (value: unknown): Diff['patch'] => [{ op: 'replace', path: '', value }];
    t.strictSame(differenceLines(of(undefined, { version: 0 }, whole({ version: 0 }))), [
      `${HEADING}: created`,
      '+ version: 0',
    ]);
    t.strictSame(differenceLines(of({ version: 0 }, undefined, whole(null))), [
      `${HEADING}: ended`,
      '- version: 0',
    ]);
    t.strictSame(differenceLines(of({ version: 0 }, { version: 0 }, [])), [HEADING, 'No differences.']);
    t.strictSame(differenceLines(of(undefined, undefined, [])), [
      HEADING,
      'It did not exist at either moment.',
    ]);
  },
);
