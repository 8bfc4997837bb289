import { number, type Measured } from './row.js';

/** The table as it is printed and as it stands in `docs/benchmarks.md`. */
export function table(measured: readonly Measured[], quick: boolean): string {
  const lines = ['| what | bar | median | runs | |', '| --- | --- | --- | --- | --- |'];
  for (const { row, figure, median, passed } of measured) {
    const bar = quick ? row.floor : row.bar;
    lines.push(
      `| ${row.what} | ${row.sense === 'least' ? 'at least' : 'under'} ${bar.toLocaleString('en-US')} ${row.unit} | **${number(median)}** | ${figure.runs.map(number).join(', ')} | ${passed ? 'pass' : `**miss**${missedBy(row.sense, median, bar)}`}${figure.broken === undefined ? '' : ` (${figure.broken})`} |`,
    );
  }
  return lines.join('\n');
}

function missedBy(sense: 'least' | 'most', value: number, bar: number): string {
  const share = sense === 'least' ? 1 - value / bar : value / bar - 1;
  return share > 0 ? ` by ${(share * 100).toFixed(0)} %` : '';
}

/** `docs/benchmarks.md`: the part between the marks is written anew, what people wrote around it stays. */
export function document(existing: string | undefined, machine: readonly string[], date: string, measured: readonly Measured[]): string {
  const body = [
    BEGIN,
    '',
    `Measured ${date} on: ${machine.join('; ')}.`,
    '',
    table(measured, false),
    '',
    ...measured.flatMap(({ row, figure }) => [`**${row.name}**`, '', ...figure.notes.map((note) => `- ${note}`), '']),
    END,
  ].join('\n');
  const text = existing ?? FRAME;
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  return begin < 0 || end < 0 ? `${FRAME.slice(0, FRAME.indexOf(BEGIN))}${body}${FRAME.slice(FRAME.indexOf(END) + END.length)}` : text.slice(0, begin) + body + text.slice(end + END.length);
}

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

const FRAME = `# Benchmarks

\`npm run bench\` measures every row below and writes the part between the marks of this file; \`npm run bench -- --only commands\` measures one,
\`--runs 5\` says how often, \`--quick\` is a smoke test with small sizes and floors far below the bars, and writes nothing.

The whole product runs, embedded and durable (\`synchronous=FULL\`, an answer only after the fsync), on two cores that the load generator shares: it
is a process of its own with keep-alive connections, one request under way on each. Nodes are simulated: they register over HTTP and are then silent.
The median of the runs counts.

${BEGIN}
${END}
`;
