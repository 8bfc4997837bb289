import t from 'tap';
import type * as CommandLine from '../../../console/app/command-line.js';
import { loadConsole } from '../fixtures/load.js';

const { commandLine, musterCommand } = await loadConsole<typeof CommandLine>('app/command-line.ts');

void t.test('words are quoted for a shell where necessary', async (t) => {
  t.equal(commandLine(['echo', 'plain-1.0_/a:b']), 'echo plain-1.0_/a:b');
  t.equal(commandLine(['echo', '']), "echo ''");
  t.equal(commandLine(['echo', "it's $(rm) `x`"]), "echo 'it'\\''s $(rm) `x`'");
});

void t.test('a command includes the moment, and the address of a non-default server', async (t) => {
  t.equal(musterCommand(['job', 'status', 'a'], 'http://127.0.0.1:8080', undefined), 'muster job status a');
  t.equal(
    musterCommand(['job', 'status', 'a'], 'https://muster.example', '33'),
    "muster job status a --as-of '#33' --address https://muster.example",
  );
});
