import { setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { answerQuestions } from '#src/engine/concurrency/index.js';
import { connectEventStore } from '#src/stores/connect.js';
import { showEventLoop } from '#src/engine/metrics/index.js';
import type { DecisionsStart } from './decision-messages.js';
import { Decisions, type DecisionQuestion } from './decisions.js';

/** Folding the log may take seconds, so explanations run in a separate thread with a low priority. */
const NICENESS = 15;

const { handle, ...options } = workerData as DecisionsStart;

// On Linux, this sets the priority of this thread only. Elsewhere, it would affect the whole process.
if (process.platform === 'linux') setPriority(NICENESS);
showEventLoop();
const store = await connectEventStore(handle);
const decisions = new Decisions({ ...options, store, catalog: EVENT_CATALOG, clock: systemClock });

answerQuestions(
  async (question: DecisionQuestion) => await decisions.explain(question),
  async () => await store.close(),
);
