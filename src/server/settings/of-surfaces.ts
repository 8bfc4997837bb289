import { SURFACES } from '../surfaces/list.js';

type Given = Readonly<Record<string, string | undefined>>;

const DECLARED = SURFACES.flatMap(({ name, settings }) =>
  settings === undefined ? [] : [{ name, settings }],
);

export const NAMES_OF_SURFACES: readonly string[] = DECLARED.flatMap(({ settings }) =>
  Object.keys(settings.variables.shape),
);

/** Parses the settings of all surfaces, by surface name, with one line per problem. */
export function readSurfaceSettings(given: Given): {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const settings = DECLARED.map(({ name, settings: { variables, of } }) => {
    const parsed = variables.safeParse(given);
    if (parsed.success) return [name, of(parsed.data)];
    problems.push(...parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`));
    return [name, undefined];
  });
  return { settings: Object.fromEntries(settings) as Readonly<Record<string, unknown>>, problems };
}

export function surfaceDefaults(): readonly (readonly [string, unknown])[] {
  return DECLARED.flatMap(({ settings: { variables } }) => {
    const defaults = variables.parse({});
    return Object.keys(variables.shape).map((name) => [name, defaults[name]] as const);
  });
}
