/**
 * Users see only the category of a daemon error. Its text may contain registry responses, or internal addresses and paths of the node, so it is only
 * written to the agent's log.
 */

const PULL_KINDS: readonly (readonly [RegExp, string])[] = [
  [/toomanyrequests|too many requests|rate limit/i, 'the rate limit of the registry was exceeded'],
  [
    /unauthori[sz]ed|no basic auth|authentication required|denied|forbidden|\b40[13]\b/i,
    'the registry refused access',
  ],
  [/no space left/i, 'no space left on the node'],
  [
    /no matching manifest|no match for platform|does not match the specified platform|unsupported (?:platform|os)|operating system is not supported/i,
    'the image is not available for the platform of this node',
  ],
  [
    /manifest unknown|not found|no such image|does not exist|name unknown|\b404\b/i,
    'the registry has no such image',
  ],
  [/invalid reference|invalid tag|reference format/i, 'the reference is invalid'],
];

/** The same text for refused and unreachable addresses, so that users cannot probe the internal network. */
export const UNREACHABLE_REGISTRY =
  'the registry could not be reached, its response was not usable, or its address is not allowed (MUSTER_REGISTRY_ALLOW)';

/** Explains a failed pull. All connection failures share one text, because details would distinguish addresses. */
export function pullProblem(said: string): string {
  return PULL_KINDS.find(([pattern]) => pattern.test(said))?.[1] ?? UNREACHABLE_REGISTRY;
}

export function isRefused(said: string): boolean {
  return pullProblem(said) === PULL_KINDS[1]?.[1];
}

/** Daemon messages that concern the task itself: its program, ports or request. */
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

/** Explains why a container could not be created or started. If `status` is 400, the daemon's message describes what is wrong with the request. */
export function startProblem(said: string, status: number | undefined): string {
  if (status === 400) return said.slice(0, 500);
  for (const pattern of OWN_WORDS) {
    const [found] = pattern.exec(said) ?? [];
    if (found !== undefined) return found;
  }
  return 'the container could not be started; see the agent’s log for the reason';
}

const NO_SPACE = /no space left on device|disk quota exceeded/i;
/** The daemon extracts in a process that sees only the container's files, so what follows has no path of the node. */
const EXTRACTION = /processing tar file(?:\([^)\n]{0,100}\))?:? ([^\n]{1,500})/i;

/** Explains why a volume could not be copied. */
export function copyProblem(said: string): string {
  if (NO_SPACE.test(said)) return 'no space left on the node';
  const [, reason] = EXTRACTION.exec(said) ?? [];
  return reason === undefined
    ? 'the Docker daemon could not copy the volume; see the agent’s log for the reason'
    : `the archive could not be extracted: ${reason}`;
}
