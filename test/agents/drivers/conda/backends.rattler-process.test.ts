import t from 'tap';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RattlerProcess } from '#agents/drivers/conda/backends/rattler-process.js';
import { BuildError } from '#agents/drivers/conda/tools/build-error.js';
import { ownFolder } from '../../../fixtures/folder.js';

/** A stand-in: in the real tool, which `a package of files outside its prefix` runs, it is random which of the two comes first. */
const PANICS = `#!/bin/sh
read -r question
echo '{"error": "the operation was cancelled", "kind": "InstallerError"}'
cat > /dev/null
echo "thread panicked: rooted of https://user:word@host" >&2
exit 134
`;

void t.test(
  'a panic of the tool tells what it said, though its answer came before and tells nothing',
  async (t) => {
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
  },
);
