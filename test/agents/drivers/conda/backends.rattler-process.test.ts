import t from 'tap';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RattlerProcess } from '#agents/drivers/conda/backends/rattler-process.js';
import { BuildError } from '#agents/drivers/conda/tools/build-error.js';
import { ownFolder } from '../../../fixtures/folder.js';

/** Stands in for the real tool, whose two outputs come in random order. `installs no package files outside the prefix` runs the real one. */
const PANICS = `#!/bin/sh
read -r question
echo '{"error": "the operation was cancelled", "kind": "InstallerError"}'
cat > /dev/null
echo "thread panicked: rooted of https://user:word@host" >&2
exit 134
`;

void t.test("reports a panic of the tool with the tool's own output", async (t) => {
  const folder = ownFolder(t);
  const program = path.join(folder, 'python3');
  await writeFile(program, PANICS, { mode: 0o755 });
  const said: string[] = [];
  const host = {
    program,
    say: (line: string) => said.push(line),
    clean: (text: string) => text.replace('user:word@', ''),
  };
  const asked = new RattlerProcess(host, { environment: {}, folder, given: folder });
  const problem = (text: string, kind: string): BuildError => new BuildError('install', `${kind}: ${text}`);
  await t.rejects(asked.ask({}, problem), {
    message: /^ended: thread panicked: rooted of https:\/\/host\n+.*ended with exit code 134$/,
  });
  t.equal(said.length, 1);
  await asked.close();
});
