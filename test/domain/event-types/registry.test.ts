import t from 'tap';
import { isOwnedJob } from '#domain/event-types/index.js';

void t.test('the ids of owned jobs are known by what their owners declare', (t) => {
  for (const id of ['gpu.x', 'task.1.2', 'conda.x', 'service.x']) t.ok(isOwnedJob(id), id);
  for (const id of ['gpu', 'web', 'gpux', 'x.gpu.']) t.notOk(isOwnedJob(id), id);
  t.end();
});
