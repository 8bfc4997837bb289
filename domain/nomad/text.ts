/** Returns whether a text is a Nomad job: HCL that starts with a `job` block, JSON with a `job` or `Job` key, or JSON of a job from Nomad's API. */
export function isNomadText(text: string): boolean {
  const first = text.split('\n').find((line) => !/^\s*(#|\/\/|$)/.test(line)) ?? '';
  if (!/^\s*\{/.test(first)) return /^\s*job\s*"/.test(first);
  const said = parsed(text);
  return (
    said !== undefined && !('task_groups' in said) && ['job', 'Job', 'TaskGroups'].some((key) => key in said)
  );
}

function parsed(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
