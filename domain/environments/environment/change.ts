import { z } from 'zod';
import {
  condaNameOf,
  condaSpec,
  lock,
  nameOf,
  packageName,
  pipRequirement,
  type Lock,
} from '../../drivers/conda/index.js';
import { assertNever } from '../../kernel/errors/index.js';

export const MAX_SPECS = 500;

const specs = z.array(condaSpec).max(MAX_SPECS);
const requirements = z.array(pipRequirement).max(MAX_SPECS);

export const environmentChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('create'),
    specs,
    pip: requirements,
    channels: z.array(z.string().max(1024)).max(16).optional(),
  }),
  z.strictObject({ kind: z.literal('install'), specs: specs.min(1) }),
  z.strictObject({ kind: z.literal('remove'), names: z.array(packageName).min(1).max(MAX_SPECS) }),
  z.strictObject({ kind: z.literal('require'), pip: requirements.min(1) }),
  z.strictObject({ kind: z.literal('lock'), lock }),
]);
export type EnvironmentChange = z.infer<typeof environmentChange>;

export interface RequestedPackages {
  readonly specs: readonly string[];
  readonly pip: readonly string[];
  readonly channels?: readonly string[];
}

export const NO_PACKAGES: RequestedPackages = { specs: [], pip: [] };

/** Returns the requested packages after a change. A later request for a package replaces the earlier one. */
export function requestedAfter(before: RequestedPackages, change: EnvironmentChange): RequestedPackages {
  switch (change.kind) {
    case 'create':
      return { specs: change.specs, pip: change.pip, ...(change.channels && { channels: change.channels }) };
    case 'install':
      return { ...before, specs: namedLast(before.specs, change.specs, condaNameOf) };
    case 'remove': {
      const { names } = change;
      return {
        ...before,
        specs: before.specs.filter((each) => !names.some((name) => condaNameOf(name) === condaNameOf(each))),
        pip: before.pip.filter((each) => !names.some((name) => nameOf(name) === nameOf(each))),
      };
    }
    case 'require':
      return { ...before, pip: namedLast(before.pip, change.pip, nameOf) };
    case 'lock':
      return requestedBy(change.lock);
    default:
      return assertNever(change);
  }
}

/** A lock does not record what was requested, so each of its packages is treated as requested in exactly that version. */
function requestedBy({ packages, pip, channels }: Lock): RequestedPackages {
  return {
    specs: packages.slice(0, MAX_SPECS).map(({ name, version, build }) => `${name}==${version}=${build}`),
    pip: pip.slice(0, MAX_SPECS).map(({ name, version }) => `${name}==${version}`),
    channels,
  };
}

function namedLast(
  before: readonly string[],
  added: readonly string[],
  named: (spec: string) => string,
): string[] {
  const anew = new Set(added.map(named));
  return [...before.filter((each) => !anew.has(named(each))), ...added];
}

/** Returns the canonical names of the packages that a change names explicitly. */
export function packageNamesIn(change: EnvironmentChange): ReadonlySet<string> {
  switch (change.kind) {
    case 'create':
      return new Set([...change.specs, ...change.pip].map(nameOf));
    case 'install':
      return new Set(change.specs.map(nameOf));
    case 'remove':
      return new Set(change.names.map(nameOf));
    case 'require':
      return new Set(change.pip.map(nameOf));
    case 'lock':
      return new Set();
    default:
      return assertNever(change);
  }
}

/** Returns the names that were never requested. Such packages are dependencies of other packages, or are not installed at all. */
export function notRequested({ specs: wanted, pip }: RequestedPackages, names: readonly string[]): string[] {
  const [byConda, byPip] = [new Set(wanted.map(condaNameOf)), new Set(pip.map(nameOf))];
  return names.filter((name) => !byConda.has(condaNameOf(name)) && !byPip.has(nameOf(name)));
}

export function containsPackage({ packages, pip }: Lock, name: string): boolean {
  return (
    packages.some((each) => condaNameOf(each.name) === condaNameOf(name)) ||
    pip.some((each) => nameOf(each.name) === nameOf(name))
  );
}
