import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runTool, type ToolUser } from './tools/tool.js';
import { isVariable } from './activation.js';

const TIMEOUT_SECONDS = 10;
/** Limit for all variables together, so that they fit in the environment of a process. */
const MAX_BYTES = 65_536;
const OF_SHELLS = /^(_|PWD|OLDPWD|SHLVL|HOME|TMPDIR|LANG|BASH.*)$/;
const SCRIPT =
  'exec 3>&1 1>&2; for script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do [ -r "$script" ] && . "$script"; done; exec env -0 >&3';

/**
 * Runs the scripts in `etc/conda/activate.d` once, when the environment is created, and returns the variables that they set in the shell. The scripts
 * are package code, so they run as the installing user. If they fail or time out, no variables are set and the build log reports this.
 * @param base initial variables of the scripts
 */
export async function runActivationScripts(
  prefix: string,
  base: Readonly<Record<string, string>>,
  user: ToolUser,
  say: (line: string) => void,
): Promise<Record<string, string>> {
  const folder = path.join(prefix, 'etc/conda/activate.d');
  if (!existsSync(folder) || !readdirSync(folder).some((name) => name.endsWith('.sh'))) return {};
  const { HOME = '', TMPDIR = '' } = user.environment;
  const environment = { ...base, HOME, TMPDIR, LANG: 'C.UTF-8' };
  const shell = ['/bin/bash', '/bin/sh'].find((each) => existsSync(each)) ?? 'sh';
  const { code, stdout } = await runTool(
    'timeout',
    ['-k', '1', String(TIMEOUT_SECONDS), shell, '-c', SCRIPT],
    { ...user, environment },
    say,
  );
  if (code !== 0 || stdout === '' || stdout.length > MAX_BYTES) {
    say(`Variables from activate.d are ignored: ${problemOf(code, stdout)}`);
    return {};
  }
  const after = stdout.split('\0').flatMap((entry) => {
    const at = entry.indexOf('=');
    const [name, value] = [entry.slice(0, Math.max(at, 0)), entry.slice(at + 1)];
    return isVariable(name, value) && !OF_SHELLS.test(name) && base[name] !== value
      ? [[name, value] as const]
      : [];
  });
  const passing = after.filter(([, value]) => value.includes(path.dirname(TMPDIR)));
  for (const [name] of passing)
    say(
      `Variable ${name} from activate.d is ignored: it refers to a directory that is deleted after the build`,
    );
  return Object.fromEntries(after.filter((each) => !passing.includes(each)));
}

function problemOf(code: number | null, stdout: string): string {
  if (code === 124) return `its scripts took more than ${TIMEOUT_SECONDS} s`;
  if (code !== 0) return `its scripts ended with exit code ${code}`;
  if (stdout === '') return 'its scripts ended the shell';
  return `the variables have more than ${MAX_BYTES} bytes in total`;
}
