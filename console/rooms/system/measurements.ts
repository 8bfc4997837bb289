export interface Measurement {
  readonly name: string;
  readonly labels: string;
  readonly value: string;
  readonly help: string;
}

/** Parses Muster's own metrics from the Prometheus text format, excluding the series of histograms. */
export function measurementsOf(text: string): readonly Measurement[] {
  const help = new Map<string, string>();
  const found: Measurement[] = [];
  for (const line of text.split('\n')) {
    const [, described, words = ''] = /^# HELP (\w+) (.*)$/.exec(line) ?? [];
    if (described !== undefined) help.set(described, words);
    const [, name = '', labels = '', value = ''] = /^(muster_\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name !== '' && help.has(name)) found.push({ name, labels, value, help: help.get(name) ?? '' });
  }
  return found;
}
