import { setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { answerQuestions } from '#src/engine/concurrency/index.js';
import { connectEventStore } from '#src/stores/connect.js';
import { showEventLoop } from '#src/engine/metrics/index.js';
import type { WhatIfQuestion } from './question.js';
import type { WhatIfStart } from './start.js';
import { WhatIf } from './what-if.js';

/** Copying and planning a large cluster takes seconds, so the thread has a low priority. */
const NICENESS = 15;

const { handle, ...options } = workerData as WhatIfStart;

// On Linux, this sets the priority of this thread only. Elsewhere, it would affect the whole process.
if (process.platform === 'linux') setPriority(NICENESS);
showEventLoop();
const store = await connectEventStore(handle);
const whatIf = await WhatIf.open({ ...options, store, catalog: EVENT_CATALOG, clock: systemClock });

answerQuestions(
  async (question: WhatIfQuestion) => await whatIf.ask(question),
  async () => await store.close(),
);
