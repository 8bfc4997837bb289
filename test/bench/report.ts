import { asked, floorsOf, median, number, wiringsOf, type Measured, type Outcome, type Row } from './row.js';

/** The table as it is printed and as it stands in `docs/benchmarks.md`. */
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
  return floor === undefined || outcome?.figure.floors === undefined ? '' : `${number(median(outcome.figure.floors))} (${floor})`;
}

function verdict(row: Row, outcome: Outcome | undefined, quick: boolean): string {
  if (outcome === undefined) return 'not measured';
  const { passed, share, median: middle, figure } = outcome;
  const missed = quick ? missedBy(row.sense, middle, row.quickBar) : missedBy(row.sense, row.floor === undefined ? middle : (share ?? Number.NaN), row.bar);
  return `${passed ? 'pass' : `**miss**${missed}`}${figure.broken === undefined ? '' : ` (${figure.broken})`}`;
}

function missedBy(sense: 'least' | 'most', value: number, bar: number): string {
  const share = sense === 'least' ? 1 - value / bar : value / bar - 1;
  return share > 0 ? ` by ${(share * 100).toFixed(0)} %` : '';
}

/** `docs/benchmarks.md`: the part between the marks is written anew, what people wrote around it stays. */
export function document(existing: string | undefined, machine: readonly string[], date: string, production: string, measured: readonly Measured[]): string {
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

const FRAME = `# Benchmarks

\`npm run bench\` measures every row below and writes the part between the marks of this file; \`npm run bench -- --only commands\` measures one,
\`--runs 5\` says how often, \`--quick\` is a smoke test with small sizes and bars far below the real ones, and writes nothing.

The whole product runs, embedded and durable (\`synchronous=FULL\`, an answer only after the fsync), on two cores that the load generator shares: it
is a process of its own with keep-alive connections, one request under way on each. Nodes are simulated: they register over HTTP and are then silent.
The median of the runs counts.

Absolute figures differ by more than two between machines. So a row has a *floor* where there is one: what the same machine takes for the least that does the same work, measured right
after the row itself, by the same load generator with the same connections and requests, after the same warming up, in a process of its own. The bar is then a share of that floor.

The column *production* is the same server over the stores and the messaging of production, each in a process of its own on the same two cores; which
they were stands below. It has no bar of its own but where the embedded column is no measure: rows that name another store, and the lag of reads. \`--wiring embedded\` or
\`--wiring production\` measures one column. That a command through EventStoreDB's wire takes one or two round trips is counted by a test
(\`test/src/engine/commands/command-executor.round-trips.test.ts\`).

${BEGIN}
${END}
`;
