import t from 'tap';
import { mentionedJobs } from '#domain/jobs/job/mentions.js';

void t.test('finds the jobs that an event is about, without parsing its data', async (t) => {
  const cases: readonly (readonly [stream: string, data: string, mentions: readonly object[]])[] = [
    ['job-a', '{}', [{ job: 'a' }]],
    ['job-a~ended.7', 'no JSON', [{ job: 'a' }]],
    ['scheduler', '{"jobId":"a","triggers":[{"jobId":"a"},{"jobId":"b"}]}', [{ job: 'a' }, { job: 'b' }]],
    ['node-n', '{"jobId" : "quoted \\"a\\""}', [{ job: 'quoted "a"' }]],
    ['node-n', '{"note":"\\"jobId\\":\\"a\\""}', []],
    ['node-n', '{"jobId":"\\q"}', [{ job: '"\\q"' }]],
    ['command-c', '{"jobId":"a"}', [{ job: 'a' }, { commandsIn: 'a' }]],
    ['task-1', '{"jobId":"a"}', []],
    ['theirs-1', '{"jobId":"a"}', []],
  ];
  for (const [stream, data, mentions] of cases)
    t.strictSame(mentionedJobs({ stream, data }), mentions, `${stream} ${data}`);
});
