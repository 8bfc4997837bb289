/**
 * Users see only the category of a daemon error. Its text may contain registry responses, or internal addresses and paths of the node, so it is only
 * written to the agent's log.
 */

export const NO_SPACE = 'no space left on the node';

const PULL_KINDS: readonly (readonly [RegExp, string])[] = [
  [/toomanyrequests|too many requests|rate limit/i, 'the rate limit of the registry was exceeded'],
  [
    /unauthori[sz]ed|no basic auth|authentication required|denied|forbidden|\b40[13]\b/i,
    'the registry refused access',
  ],
  [/no space left/i, NO_SPACE],
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

export function lacksSpace(said: string): boolean {
  return pullProblem(said) === NO_SPACE;
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

/** A name of a task, a path below the root of its container or of a volume, for each storage driver, or what an image requires. */
const OF_TASK =
  /unable to find (?:user|group)|requirement error|\/(?:merged|diff|_data|(?:rootfs\/\w+|vfs\/dir|btrfs\/subvolumes|zfs\/graph)\/[^/\s]+|snapshots\/\d+\/fs|moby\/[^/\s]+\/rootfs)\//;

/**
 * A message without what a task may have put into it, or undefined. A task could otherwise make its node look broken. A quote may be cut off, because
 * messages are.
 */
function withoutOwnWords(said: string): string | undefined {
  return OF_TASK.test(said) ? undefined : said.replaceAll(/"(?:[^"\\]|\\[^])*(?:"|$)/g, '""');
}

/** Words of the daemon itself. After the first slash, they may be part of a path, and paths may be those of a task. */
function beforePaths(words: RegExp): RegExp {
  return new RegExp(`^[^/]*?(${words.source})`, words.flags);
}

/** What the daemon or NVIDIA's runtime says if the node cannot give a container its GPUs. Other errors of a mount are mostly those of an image. */
const GPU_FAULT = beforePaths(
  /could not select device driver "" with capabilities: \[\[gpu\]\]|nvidia-container-cli: (?:(?:initialization|detection|permission|device) error|mount error: (?:cgroup|failed to add device rules))[^\n]{0,200}|driver\/library version mismatch|failed to initialize NVML|unresolvable CDI devices[^\n]{0,100}/i,
);

/** Returns why a node cannot give a container its GPUs. Undefined if the message means something else. */
export function gpuFault(said: string): string | undefined {
  return GPU_FAULT.exec(withoutOwnWords(said) ?? '')?.[1];
}

/** runc sets these up with limits of a task, so an error of the memory limit is the task's. */
const CGROUP_FAULT = beforePaths(
  /cgroup mountpoint does not exist|mountpoint for \w+ not found|no cgroup mount found|(?:applying|unable to apply) cgroup configuration/,
);
const OF_MEMORY_LIMIT = /memory[ .]|OOM-killed/;

/**
 * What runc says once it works with a task's own program, mounts and limits. A task can choose these so that they fail with any error, so such a
 * message says nothing about the node. Processes that were killed may have been killed because of the memory limit.
 */
const FAULT_OF_TASK =
  /to rootfs at|make mountpoint|error during container init|(?:unable to start|starting) container process|OOM-killed|exit status 137|signal: killed|cgroup deleted/;

/** What the daemon says if it cannot start any container. When in doubt, a message is not listed, so that the task fails. */
const NODE_FAULTS: readonly (readonly [RegExp, string])[] = [
  [/: (?:no space left on device|disk quota exceeded)(?:: unknown)?$/, NO_SPACE],
  [
    /: (?:read-only file system|input\/output error|structure needs cleaning)(?:: unknown)?$/,
    'the file system of the Docker daemon cannot be written',
  ],
  [beforePaths(/error creating overlay mount|failed to mount overlay/), 'the daemon cannot mount the image'],
  [
    beforePaths(
      /unable to retrieve OCI runtime error|failed to start shim|failed to create (?:shim task|shim|task for container): (?!.*OCI runtime)|fork\/exec \S+: (?:resource temporarily unavailable|cannot allocate memory)/s,
    ),
    'the container runtime fails',
  ],
  [
    beforePaths(
      /connection error: desc = |transport is closing|the (?:client )?connection is (?:closing|unavailable)|ttrpc: closed|^context deadline exceeded$/,
    ),
    'containerd does not respond',
  ],
  [beforePaths(/iptables failed|pair interfaces/), 'the daemon cannot set up networks'],
];

/** Returns why a node cannot start containers. Undefined if the message means something else. */
export function nodeFault(said: string): string | undefined {
  const text = withoutOwnWords(said);
  if (text === undefined) return undefined;
  if (CGROUP_FAULT.test(text))
    return OF_MEMORY_LIMIT.test(text) ? undefined : 'the cgroups of the node cannot be used';
  if (FAULT_OF_TASK.test(text)) return undefined;
  return NODE_FAULTS.find(([pattern]) => pattern.test(text))?.[1];
}

const LACKS_SPACE = /no space left on device|disk quota exceeded/i;
/** The daemon extracts in a process that sees only the container's files, so what follows has no path of the node. */
const EXTRACTION = /processing tar file(?:\([^)\n]{0,100}\))?:? ([^\n]{1,500})/i;

/** Explains why a volume could not be copied. */
export function copyProblem(said: string): string {
  if (LACKS_SPACE.test(said)) return NO_SPACE;
  const [, reason] = EXTRACTION.exec(said) ?? [];
  return reason === undefined
    ? 'the Docker daemon could not copy the volume; see the agent’s log for the reason'
    : `the archive could not be extracted: ${reason}`;
}
