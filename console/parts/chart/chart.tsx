import { useEffect, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { dateFormat } from '../time/date-format.js';
import css from './chart.module.css';
import { momentsOf, nearest, pathOf, scale, ticks, timeTicks, type Point } from './scale.js';

export interface Line {
  readonly name: string;
  /** Oldest first. */
  readonly points: readonly Point[];
}

export interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Time between points, in milliseconds. */
  readonly interval: number;
  /** Whether times are shown in UTC instead of the browser's time zone. */
  readonly utc: boolean;
  readonly format: (value: number) => string;
  /** Base of the axis steps: 1024 for bytes. Default: 10. */
  readonly base?: 10 | 1024;
}

const HEIGHT = 180;
const TOP = 10;
const BOTTOM = 24;
const LEFT = 64;
/** Half the width of a time label, so that the label at the end of the axis fits. */
const RIGHT = 20;
const TICKS = 4;
/** Width of a time label, including the space around it. */
const TIME_WIDTH = 72;
const FIRST_WIDTH = 600;
/** Number of line styles. They differ by colour and by dashes, because colour alone is not accessible. */
const LOOKS = 4;
/** Points farther apart than this multiple of the interval are not connected. */
const LATE = 1.9;
const MOVES: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageUp: -10,
  PageDown: 10,
  Home: -Infinity,
  End: Infinity,
};

/** A line chart over time. Its values can be read with the pointer, with the arrow keys, and in a table. */
export function Chart({ title, lines, interval, utc, format, base = 10 }: ChartProps): ReactNode {
  const [place, width] = useWidth();
  const [chosen, setChosen] = useState<number>();
  const slack = interval / 2;
  const moments = momentsOf(
    lines.map(({ points }) => points),
    slack,
  );
  const [first, last] = [moments[0], moments.at(-1)];
  if (first === undefined || last === undefined)
    return (
      <figure className={css['chart']}>
        <figcaption>{title}</figcaption>
        <p className="muted">No measurements yet.</p>
      </figure>
    );
  const values = lines.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []));
  const levels = ticks(Math.max(0, ...values), TICKS, base);
  const x = scale(first, last, LEFT, width - RIGHT);
  const y = scale(0, levels.at(-1) ?? 1, HEIGHT - BOTTOM, TOP);
  const offset = utc ? 0 : -new Date(last).getTimezoneOffset() * 60_000;
  const index = chosen === undefined ? undefined : Math.min(chosen, moments.length - 1);
  const at = index === undefined ? last : (moments[index] ?? last);
  const valueAt = ({ points }: Line, moment: number): string => {
    const value = nearest(points, moment, slack)?.value ?? null;
    return value === null ? 'not measured' : format(value);
  };
  const read = (moment: number): string =>
    `${clock(moment, utc, true)}: ${lines.map((line) => `${line.name} ${valueAt(line, moment)}`).join(', ')}`;
  const move = ({ clientX, currentTarget }: PointerEvent<HTMLElement>): void => {
    const pointed = clientX - currentTarget.getBoundingClientRect().left;
    const distances = moments.map((each) => Math.abs(x(each) - pointed));
    setChosen(distances.indexOf(Math.min(...distances)));
  };
  const step = (event: KeyboardEvent): void => {
    const by = MOVES[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(moments.length - 1, (index ?? moments.length - 1) + by)));
  };
  return (
    <figure className={css['chart']}>
      <figcaption>{title}</figcaption>
      <div
        ref={place}
        className={css['plot']}
        role="slider"
        tabIndex={0}
        aria-label={`${title} over time`}
        aria-valuemin={0}
        aria-valuemax={moments.length - 1}
        aria-valuenow={index ?? moments.length - 1}
        aria-valuetext={read(at)}
        onKeyDown={step}
        onPointerMove={move}
        onPointerDown={move}
        onPointerLeave={() => setChosen(undefined)}
        onBlur={() => setChosen(undefined)}
      >
        <svg width={width} height={HEIGHT} aria-hidden="true">
          {levels.map((level) => (
            <g key={level}>
              <line className={css['level']} x1={LEFT} x2={width - RIGHT} y1={y(level)} y2={y(level)} />
              <text className={css['label']} x={LEFT - 8} y={y(level) + 4} textAnchor="end">
                {format(level)}
              </text>
            </g>
          ))}
          {timeTicks(first, last, Math.max(1, Math.floor((width - LEFT) / TIME_WIDTH)), offset).map(
            (time) => (
              <text key={time} className={css['label']} x={x(time)} y={HEIGHT - 6} textAnchor="middle">
                {clock(time, utc, false)}
              </text>
            ),
          )}
          {lines.map(({ name, points }, number) => (
            <path
              key={name}
              className={css['line']}
              data-look={number % LOOKS}
              d={pathOf(points, x, y, interval * LATE)}
            />
          ))}
          {index === undefined ? null : (
            <line className={css['cursor']} x1={x(at)} x2={x(at)} y1={TOP} y2={HEIGHT - BOTTOM} />
          )}
          {index === undefined
            ? null
            : lines.map((line, number) => {
                const value = nearest(line.points, at, slack)?.value ?? null;
                return value === null ? null : (
                  <circle
                    key={line.name}
                    className={css['dot']}
                    data-look={number % LOOKS}
                    cx={x(at)}
                    cy={y(value)}
                    r={3.5}
                  />
                );
              })}
        </svg>
      </div>
      <div className={css['legend']}>
        <span className={css['time']}>{clock(at, utc, true)}</span>
        {lines.map((line, number) => (
          <span key={line.name} className={css['entry']}>
            <svg width={24} height={8} aria-hidden="true">
              <path className={css['line']} data-look={number % LOOKS} d="M2 4H22" />
            </svg>
            {line.name} <b>{valueAt(line, at)}</b>
          </span>
        ))}
      </div>
      <details className={css['table']}>
        <summary>{title} as a table</summary>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className={css['scroll']} role="region" aria-label={`${title}, table`} tabIndex={0}>
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">Time</th>
                {lines.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {moments.toReversed().map((moment) => (
                <tr key={moment}>
                  <th scope="row">{clock(moment, utc, true)}</th>
                  {lines.map((line) => (
                    <td key={line.name}>{valueAt(line, moment)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** Returns a ref and the width of its element. The chart is drawn at this width, because stretching it would stretch its text. */
function useWidth(): readonly [(element: HTMLElement | null) => void, number] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [width, setWidth] = useState(FIRST_WIDTH);
  useEffect(() => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.max(LEFT + RIGHT + 1, Math.floor(entry.contentRect.width)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width];
}

function clock(time: number, utc: boolean, exact: boolean): string {
  return dateFormat('en-GB', {
    ...(utc ? { timeZone: 'UTC' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    ...(exact ? { second: '2-digit' } : {}),
  }).format(time);
}
