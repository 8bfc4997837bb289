import { asked, floorsOf, median, number, wiringsOf, type Measured, type Outcome, type Row } from './row.js';

/** Returns the table that is printed and written to `docs/benchmarks.md`. */
export function table(measured: readonly Measured[], quick: boolean): string {
  const lines = [
    '| what | bar | embedded | its floor | share of the floor | production | Nomad 2.0.5 | runs | |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const { row, outcomes } of measured) {
    const judged = outcomes[wiringsOf(row)[0] ?? 'embedded'];
    const cells = [
      row.what,
      asked(row, quick),
      cell(outcomes.embedded),
      floorCell(row, outcomes.embedded),
      outcomes.embedded?.share?.toFixed(2) ?? '',
      cell(outcomes.production),
      row.nomad === undefined ? '' : number(row.nomad),
      judged?.figure.runs.map(number).join(', ') ?? '',
      verdict(row, judged, quick),
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

function cell(outcome: Outcome | undefined): string {
  return outcome === undefined ? '' : `**${number(outcome.median)}**`;
}

function floorCell({ floor }: Row, outcome: Outcome | undefined): string {
  return floor === undefined || outcome?.figure.floors === undefined
    ? ''
    : `${number(median(outcome.figure.floors))} (${floor})`;
}

function verdict(row: Row, outcome: Outcome | undefined, quick: boolean): string {
  if (outcome === undefined) return 'not measured';
  const { passed, share, median: middle, figure } = outcome;
  const missed = quick
    ? missedBy(row.sense, middle, row.quickBar)
    : missedBy(row.sense, row.floor === undefined ? middle : (share ?? Number.NaN), row.bar);
  return `${passed ? 'pass' : `**miss**${missed}`}${figure.broken === undefined ? '' : ` (${figure.broken})`}`;
}

function missedBy(sense: 'least' | 'most', value: number, bar: number): string {
  const share = sense === 'least' ? 1 - value / bar : value / bar - 1;
  return share > 0 ? ` by ${(share * 100).toFixed(0)} %` : '';
}

/** Returns `docs/benchmarks.md` with the part between the marks replaced. The text around it stays. */
export function document(
  existing: string | undefined,
  machine: readonly string[],
  date: string,
  production: string,
  measured: readonly Measured[],
): string {
  const body = [
    BEGIN,
    '',
    `Measured ${date} on: ${machine.join('; ')}.`,
    '',
    `Production: ${production}.`,
    '',
    table(measured, false),
    '',
    `Floors: ${floorsOf(measured.map(({ row }) => row)).join('; ')}.`,
    '',
    ...measured.flatMap(({ row, outcomes }) => [
      `**${row.name}**`,
      '',
      ...(outcomes.embedded?.figure.notes ?? []).map((note) => `- ${note}`),
      ...(outcomes.production?.figure.notes ?? []).map((note) => `- production: ${note}`),
      '',
    ]),
    END,
  ].join('\n');
  const text = existing ?? FRAME;
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  return begin < 0 || end < 0
    ? `${FRAME.slice(0, FRAME.indexOf(BEGIN))}${body}${FRAME.slice(FRAME.indexOf(END) + END.length)}`
    : text.slice(0, begin) + body + text.slice(end + END.length);
}

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

/** A page for a repository without one. */
const FRAME = `# Benchmarks

${BEGIN}
${END}
`;
