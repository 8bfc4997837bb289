/**
 * What users learn of an error of the daemon: its kind. Its own words may hold what a registry, or an address that only the daemon reaches, has
 * answered, and paths of the node. They are in the agent's log.
 */

const PULL_KINDS: readonly (readonly [RegExp, string])[] = [
  [/toomanyrequests|too many requests|rate limit/i, 'the registry limits how often images are pulled'],
  [/unauthori[sz]ed|no basic auth|authentication required|denied|forbidden|\b40[13]\b/i, 'the registry refused access'],
  [/manifest unknown|not found|no such image|does not exist|name unknown|\b404\b/i, 'the registry has no such image'],
  [/no matching manifest|does not match the specified platform|unsupported (?:platform|os)/i, 'the image is not for the platform of this node'],
  [/no space left/i, 'no space left on the node'],
  [/invalid reference|invalid tag|reference format/i, 'the reference is invalid'],
];

/** An address that is refused and one where nothing answers are the same to users, so that nobody learns what there is inside. */
export const UNREACHABLE_REGISTRY = 'the registry could not be reached, its answer could not be used, or its address is not allowed (MUSTER_REGISTRY_ALLOW)';

/** Why an image could not be pulled. What a connection failed at tells addresses apart, so all of that is one kind. */
export function pullProblem(said: string): string {
  return PULL_KINDS.find(([pattern]) => pattern.test(said))?.[1] ?? UNREACHABLE_REGISTRY;
}

/** Whether a registry did not let the puller in. */
export function isRefused(said: string): boolean {
  return pullProblem(said) === PULL_KINDS[1]?.[1];
}

/** The daemon's words that are about the task itself: its program, its ports, its request. */
const OWN_WORDS: readonly RegExp[] = [
  /exec: "[^"\n]{1,1000}": (?:executable file not found in \$PATH|permission denied|no such file or directory|is a directory)/,
  /exec \S{1,1000}: (?:exec format error|no such file or directory|permission denied)/,
  /unable to find user [^\s:]{1,256}/,
  /no command specified/i,
  /could not select device driver "[^"\n]{0,100}"[^\n]{0,200}/,
  /no such image/i,
  /no space left on device/,
  /(?:chdir to cwd|mkdir|stat) [^\n]{0,500}: (?:not a directory|no such file or directory|permission denied|read-only file system)/,
];

const PORT_TAKEN = /:(\d{1,5})\b[^\n]{0,60}?(port is already allocated|address already in use)/;

/** Why a container could not be made or started. `status`: of the daemon's answer; a bad request names what is wrong with it. */
export function startProblem(said: string, status: number | undefined): string {
  if (status === 400) return said.slice(0, 500);
  const [, port, taken] = PORT_TAKEN.exec(said) ?? [];
  if (port !== undefined && taken !== undefined) return `port ${port}: ${taken}`;
  for (const pattern of OWN_WORDS) {
    const [found] = pattern.exec(said) ?? [];
    if (found !== undefined) return found;
  }
  return 'the container could not be started; the agent’s log says why';
}
