import { readFile } from 'node:fs/promises';
import t from 'tap';
import { ABSENT, JOB_FILE, jobFile, jobFileSchemas } from '../generated/job-file.js';

void t.test('the job file reference matches the schema', async (t) => {
  t.ok(
    (await readFile(JOB_FILE, 'utf8')) === (await jobFile()),
    `${JOB_FILE} is up to date; if not, run node dist/test/generated/write.js`,
  );
});

void t.test(
  'the reference explains what happens if an optional field without a default is missing',
  async (t) => {
    const fields = [...(await jobFileSchemas())].flatMap(([name, { properties = {}, required = [] }]) =>
      Object.entries(properties).flatMap(([field, { default: value }]) =>
        required.includes(field) || value !== undefined ? [] : [`${name}.${field}`],
      ),
    );
    t.same(Object.keys(ABSENT).sort(), fields.sort());
  },
);
