import t from 'tap';
import type { MusterEvent } from '#domain/event-types/index.js';
import { jobs, type JobDocument } from '#projections/jobs.js';
import {
  archived,
  blocked,
  completed,
  deleted,
  evaluated,
  failed,
  finished,
  group,
  halted,
  lost,
  place,
  placed,
  released,
  restarted,
  specification,
  started,
  stopped,
  submitted,
  updated,
} from './events.js';
import { recorded } from './history.js';
import { documentAfter } from './plain-fold.js';

const job = (...events: MusterEvent[]): JobDocument | undefined => documentAfter<JobDocument>(jobs, recorded(events), 'j');
const a = place('a', 'j');
const b = place('b', 'j');

void t.test('a job submitted is pending, in the words it was sent in', async (t) => {
  const document = job(submitted('j', specification(group('web', 2))));
  t.match(document, {
    jobId: 'j',
    version: 0,
    status: 'pending',
    stopped: false,
    slots: { web: [null, null] },
    since: { web: 0 },
    blocked: null,
    finished: null,
  });
  t.strictSame(document?.specification, specification(group('web', 2)));
  t.equal(document?.createdAt, 1000);
});

void t.test('what a job was before is kept, the newest ten of them', async (t) => {
  const first = [submitted('j'), updated('j', specification(group('web', 2)))];
  t.strictSame(job(...first)?.former, [{ version: 0, specification: job(submitted('j'))?.specification }]);
  const many = job(submitted('j'), ...Array.from({ length: 30 }, () => updated('j')));
  t.strictSame(
    many?.former.map(({ version }) => version),
    Array.from({ length: 10 }, (_, n) => n + 20),
  );
  t.strictSame(job(...first, deleted('j'), submitted('j'))?.former, [], 'a new job begins anew');
});

void t.test('what nothing was placed from is not kept, once a later version was answered for', async (t) => {
  const versions = (...events: MusterEvent[]) => job(...events)?.former.map(({ version }) => version);
  const twice = [submitted('j'), placed(a), updated('j', specification(group('web', 2))), updated('j')];
  t.strictSame(versions(...twice), [0, 1], 'something may yet be placed from version 1');
  t.strictSame(versions(...twice, evaluated('j', 'e', 1)), [0, 1], 'an answer for the version itself says that something may have been');
  t.strictSame(versions(...twice, evaluated('j', 'e', 2)), [0]);
  t.strictSame(versions(...twice, placed(a, 1, 1), blocked('j', 'e', 2)), [0, 1], 'placed after the next version came');
});

void t.test('former versions of a large job are fewer', async (t) => {
  const large = specification(group('web', 1, 'x'.repeat(200_000)));
  t.strictSame(
    job(submitted('j', large), ...Array.from({ length: 5 }, () => updated('j', large)))?.former.map(({ version }) => version),
    [3, 4],
  );
});

void t.test('a job goes through pending, running and complete', async (t) => {
  const events = [submitted('j'), placed(a), evaluated('j', 'e'), started(a), completed(a), released(a, 'complete'), finished('j', 0, 'complete')];
  const seen = events.map((_, index) => job(...events.slice(0, index + 1))?.status);
  t.strictSame(seen, ['pending', 'pending', 'pending', 'running', 'complete', 'complete', 'complete']);
});

void t.test('a failure that is tried again leaves the job pending, the last one makes it failed', async (t) => {
  t.equal(job(submitted('j'), placed(a), started(a), failed(a), released(a, 'failed', 9000))?.status, 'pending');
  t.equal(job(submitted('j'), placed(a), started(a), failed(a), released(a, 'failed'))?.status, 'failed');
});

void t.test('late reports of a replaced allocation change nothing', async (t) => {
  const before = [submitted('j'), placed(a), started(a), released(a, 'lost', 5000), placed(b, 0, 1), started(b)];
  const late = [...before, completed(a), failed(a), released(a, 'complete')];
  t.strictSame(job(...late), job(...before));
  t.equal(job(...late)?.status, 'running');
});

void t.test('an end that was reported stays as it is', async (t) => {
  const before = [submitted('j'), placed(a), started(a), completed(a)];
  t.strictSame(job(...before, started(a), failed(a), lost(a)), job(...before));
});

void t.test('a loss that waits for its replacement shows as lost', async (t) => {
  t.equal(job(submitted('j'), placed(a), started(a), released(a, 'lost', 2000))?.status, 'lost');
  t.equal(job(submitted('j'), placed(a), started(a), lost(a))?.status, 'lost');
});

void t.test('a blocked evaluation shows with its reasons and goes with the next complete one', async (t) => {
  const document = job(submitted('j'), blocked('j', 'e1'), blocked('j', 'e1'));
  t.equal(document?.status, 'blocked');
  t.match(document?.blocked, { evaluationId: 'e1', since: 2000, reasons: { web: { exhausted: { cpu: 1 } } } });
  t.match(job(submitted('j'), blocked('j', 'e1'), evaluated('j', 'e1')), { status: 'pending', blocked: null });
});

void t.test('a plan for an older version says nothing about the present one', async (t) => {
  const before = [submitted('j'), updated('j', specification(group('web', 1, 'other')))];
  // But of its own evaluation, and that an allocation names that version.
  const present = (...events: MusterEvent[]) => ({ ...job(...events), evaluations: [], former: [] });
  t.strictSame(present(...before, blocked('j', 'e1', 0), evaluated('j', 'e1', 0), finished('j', 0, 'complete'), placed(a, 0)), present(...before));
});

void t.test('a stopped job is dead and stays so whatever its allocations do', async (t) => {
  const events = [submitted('j'), placed(a), started(a), stopped('j')];
  t.equal(job(...events)?.status, 'dead');
  t.match(job(...events, halted(a), released(a, 'stopped'), finished('j', 0, 'stopped')), { status: 'dead', evaluationId: 'eval-j-stop' });
});

void t.test('when only the count changes, what runs stays in its slot', async (t) => {
  const document = job(submitted('j', specification(group('web', 1))), placed(a), started(a), updated('j', specification(group('web', 3))));
  t.match(document, { version: 1, since: { web: 0 }, status: 'degraded' });
  t.strictSame(document?.slots.web, [{ allocationId: 'a', status: 'running', final: false }, null, null]);
});

void t.test('an allocation placed for the version before counts when only the count changed since', async (t) => {
  const document = job(submitted('j', specification(group('web', 1))), updated('j', specification(group('web', 2))), placed(a, 0), started(a));
  t.strictSame(document?.slots.web, [{ allocationId: 'a', status: 'running', final: false }, null]);
});

void t.test('slots of a group that changed begin anew, and those of a removed one go', async (t) => {
  const two = specification(group('web'), group('db'));
  const document = job(submitted('j', two), placed(a), started(a), updated('j', specification(group('web', 1, 'other'))));
  t.strictSame(document?.slots, { web: [null] });
  t.equal(document?.status, 'pending');
  t.strictSame(document?.since, { web: 1 });
});

void t.test('scaled down, the surplus slots go', async (t) => {
  const events = [
    submitted('j', specification(group('web', 2))),
    placed(a),
    started(a),
    placed(place('b', 'j', 1)),
    updated('j', specification(group('web', 1))),
  ];
  t.equal(job(...events)?.status, 'running');
  t.strictSame(job(...events, started(place('b', 'j', 1)))?.slots.web?.length, 1);
});

void t.test('a restart begins all slots anew', async (t) => {
  const ended = [submitted('j'), placed(a), started(a), completed(a), released(a, 'complete'), finished('j', 0, 'complete')];
  t.match(job(...ended, restarted('j')), { status: 'pending', version: 1, finished: null, slots: { web: [null] } });
  t.match(job(...ended, restarted('j'), placed(b, 1), started(b)), { status: 'running' });
});

void t.test('an update starts a dead job, with empty slots', async (t) => {
  const document = job(submitted('j'), placed(a), started(a), stopped('j'), updated('j'));
  t.match(document, { status: 'pending', stopped: false, slots: { web: [null] } });
});

void t.test('a deleted job is gone, and what its allocations still report does not bring it back', async (t) => {
  t.equal(job(submitted('j'), placed(a), deleted('j'), started(a), completed(a), released(a, 'complete'), finished('j', 0, 'deleted')), undefined);
});

void t.test('a job submitted again after its deletion is a new one', async (t) => {
  const document = job(submitted('j'), placed(a), started(a), deleted('j'), submitted('j'), completed(a), placed(a, 0));
  t.match(document, { version: 2, status: 'pending', createdAt: 5000, slots: { web: [null] } });
});

void t.test('a slot that pauses after a failure says until when, and what fills it ends that', async (t) => {
  const fails = [submitted('j'), placed(a), started(a), failed(a)];
  t.strictSame(job(...fails, released(a, 'failed', 9000))?.slots.web, [{ allocationId: 'a', status: 'failed', final: false, retryAt: 9000 }]);
  t.strictSame(job(...fails, released(a, 'failed', 9000), placed(b, 0, 1))?.slots.web, [{ allocationId: 'b', status: 'pending', final: false }]);
  t.strictSame(
    job(submitted('j'), placed(a), released(a, 'lost', 5))?.slots.web,
    [{ allocationId: 'a', status: 'lost', final: false }],
    'filled at once: no pause',
  );
});

void t.test('a job that has ended is indexed by when, until something begins it again', async (t) => {
  const indexed = (...events: MusterEvent[]) => ((document) => document && jobs.indexes!['ended']!(document))(job(...events));
  const ended = [submitted('j'), placed(a), started(a), completed(a), released(a, 'complete'), finished('j', 0, 'complete')];
  t.equal(indexed(...ended.slice(0, -1)), undefined, 'the plan log has not finished it');
  t.equal(indexed(...ended), '0000000000006000');
  for (const again of [updated('j'), restarted('j')]) t.equal(indexed(...ended, again), undefined, again.type);
  t.equal(indexed(...ended, stopped('j')), '0000000000006000', 'a stop of what is over changes nothing about that');
});

void t.test('an archived job is gone, and its id begins anew', async (t) => {
  const ended = [submitted('j'), placed(a), completed(a), released(a, 'complete'), finished('j', 0, 'complete'), archived('j')];
  t.equal(job(...ended), undefined);
  t.match(job(...ended, submitted('j')), { version: 2, status: 'pending', createdAt: 7000, finished: null, former: [] });
});
