import { z } from 'zod';
import type { FoundPackage } from './lock-of.js';

export type CommandOutput = Readonly<Record<string, unknown>>;

const answer = z.record(z.string(), z.unknown());
const planned = z.object({
  name: z.string(),
  version: z.string(),
  build: z.string().optional(),
  build_string: z.string().optional(),
  subdir: z.string().optional(),
  platform: z.string().optional(),
  url: z.string().optional(),
  sha256: z.string().optional(),
  size: z.number().optional(),
});
const actions = z.object({
  actions: z.object({ LINK: z.array(planned).optional(), FETCH: z.array(planned).optional() }),
});
const log = z.array(z.object({ message: z.string() }));

/** Returns the JSON object in a command's output, which may be preceded by progress lines. Returns undefined if there is none. */
export function parseOutput(stdout: string): CommandOutput | undefined {
  for (const { index } of stdout.matchAll(/^\s*\{/gm)) {
    try {
      return answer.parse(JSON.parse(stdout.slice(index)));
    } catch {
      // This was progress output or an incomplete object.
    }
  }
  return undefined;
}

/** Returns the packages that a dry run would link. mamba describes them fully in `LINK`. conda does so only in combination with `FETCH`. */
export function plannedOf(given: CommandOutput): FoundPackage[] | undefined {
  const { data } = actions.safeParse(given);
  if (data === undefined) return undefined;
  const { LINK: linked = [], FETCH: fetched = [] } = data.actions;
  return linked.map((each) => {
    const whole = { ...fetched.find(({ name }) => name === each.name), ...each };
    return {
      name: whole.name,
      version: whole.version,
      build: whole.build_string ?? whole.build ?? '',
      subdir: whole.subdir ?? whole.platform ?? '',
      url: whole.url ?? '',
      sha256: whole.sha256 ?? null,
      size: whole.size ?? null,
    };
  });
}

export function messagesOf(given: CommandOutput | undefined): string[] {
  if (given === undefined) return [];
  const texts = ['error', 'message', 'msg'].flatMap((name) =>
    typeof given[name] === 'string' ? [given[name]] : [],
  );
  const problems = z.array(z.string()).safeParse(given['solver_problems']).data ?? [];
  const logged = [given['log_records'], given['log_history']].flatMap(
    (each) => log.safeParse(each).data?.map(({ message }) => message) ?? [],
  );
  const absent = z.array(z.string()).safeParse(given['packages']).data ?? [];
  return [
    ...new Set([
      ...texts,
      ...problems,
      ...logged,
      ...(given['exception_name'] === 'PackagesNotFoundError'
        ? absent.map((name) => `nothing provides requested ${name}`)
        : []),
    ]),
  ];
}
