/** A bare server as a program. It takes a `FloorForm` as JSON on its command line and prints its port when it listens. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { z } from 'zod';
import { params, submitBody, type SubmitBody } from '#src/surfaces/cluster/contract.js';
import { validateByZod } from '#src/http/index.js';
import { GroupCommit } from './group-commit.js';

export interface FloorForm {
  /** Database into which bodies are inserted before the response. Absent: none is stored. */
  readonly file?: string;
  /** Response body of every GET of a job. */
  readonly job?: unknown;
}

const { file, job } = JSON.parse(process.argv[2] ?? '{}') as FloorForm;
const log = file === undefined ? undefined : new GroupCommit(file);
const app = fastify();
app.setValidatorCompiler(validateByZod);

app.post('/jobs', { schema: { body: submitBody([]) } }, async (request) => {
  const body = request.body as z.output<SubmitBody>;
  const id = randomUUID();
  if (log !== undefined) await log.insert(id, JSON.stringify(body));
  return { job_id: body.job_id ?? id, evaluation_id: id, message: 'taken' };
});
app.get('/jobs/:job_id', { schema: { params: params.job } }, () => Promise.resolve(job));

await app.listen({ host: '127.0.0.1', port: 0 });
console.log((app.server.address() as AddressInfo).port);
