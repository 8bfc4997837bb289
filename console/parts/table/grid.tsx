import type { ReactNode } from 'react';

/** A short table that renders all of its rows and scrolls sideways. `titles` are the column headings. */
export function Grid({
  titles,
  children,
}: {
  readonly titles: readonly string[];
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className="scroll">
      <table className="grid">
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
