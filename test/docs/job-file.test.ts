import { readFile } from 'node:fs/promises';
import t from 'tap';
import { ABSENT, JOB_FILE, jobFile, jobFileSchemas } from '../generated/job-file.js';

void t.test('the reference of the job file is the one that the schema makes', async (t) => {
  t.ok(
    (await readFile(JOB_FILE, 'utf8')) === (await jobFile()),
    `${JOB_FILE}: run node dist/test/generated/write.js`,
  );
});

void t.test('it says of every field what holds where it is absent, and of no other', async (t) => {
  const fields = [...(await jobFileSchemas())].flatMap(([name, { properties = {}, required = [] }]) =>
    Object.entries(properties).flatMap(([field, { default: value }]) =>
      required.includes(field) || value !== undefined ? [] : [`${name}.${field}`],
    ),
  );
  t.same(Object.keys(ABSENT).sort(), fields.sort());
});
