import fc from 'fast-check';
import t from 'tap';
import { openSpans, withRan, type RanSpan } from '#domain/tasks/task/index.js';

void t.test(
  'adjacent spans are merged, and so are the two nearest ones if there are too many spans',
  async (t) => {
    t.same(withRan([{ after: 0, until: 10 }], { after: 10, until: 20 }), [{ after: 0, until: 20 }]);
    t.same(withRan([{ after: 0, until: 10 }], { after: 15, until: 20 }), [
      { after: 0, until: 10 },
      { after: 15, until: 20 },
    ]);
    const apart = Array.from({ length: 16 }, (_, index) => ({ after: index * 100, until: index * 100 + 10 }));
    const farAhead = { after: 1_000_000, until: 1_000_010 };
    const spans = withRan([...apart.slice(0, 15), farAhead], { after: 1_000_015, until: 1_000_020 });
    t.equal(spans.length, 16);
    t.same(
      spans.at(-1),
      { after: 1_000_000, until: 1_000_020 },
      'spans in the far future are merged only with each other',
    );
  },
);

void t.test('open spans and spans that ran cover the whole period without overlap', async (t) => {
  const span = fc
    .tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 10 }))
    .map(([after, long]) => ({ after, until: after + long }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 10 }), span, (all, within) => {
      const ran = all.reduce<readonly RanSpan[]>(withRan, []);
      const open = openSpans(ran, within);
      const holds = (spans: readonly RanSpan[], moment: number): boolean =>
        spans.some(({ after, until }) => moment > after && moment <= until);
      for (let moment = 0; moment <= 70; moment += 1) {
        t.equal(holds(ran, moment), holds(all, moment));
        t.equal(holds(open, moment), holds([within], moment) && !holds(ran, moment));
      }
    }),
    { numRuns: 50 },
  );
});
