import type { ReactNode } from 'react';
import { When } from '../moment/when.js';
import { Name } from '../parts/name/name.js';
import { Account } from './account.js';
import { Section } from './detail.js';

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** All fields of an object, as the API returns them. Times are shown like all other times of the page. */
export function Fields({ row }: { readonly row: object }): ReactNode {
  return (
    <Section title="Fields">
      <table className="grid">
        <tbody>
          {Object.entries(row).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{wordsOf(name)}</th>
              <td className="wide">
                <Value name={name} value={value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

/** Field names of some surfaces have underscores, and those of others capitals. */
function wordsOf(name: string): string {
  return name.replaceAll(/_|(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function Value({ name, value }: { readonly name: string; readonly value: unknown }): ReactNode {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0))
    return <span className="muted">–</span>;
  if (typeof value === 'string' && TIME.test(value)) return <When at={value} />;
  // Some APIs have seconds since the epoch.
  if (typeof value === 'number' && name.endsWith('_at'))
    return <When at={new Date(value * 1000).toISOString()} />;
  if (typeof value === 'string' && name.endsWith('_by')) return <Account id={value} />;
  if (typeof value === 'object' && !Array.isArray(value))
    return (
      <ul className="bare">
        {Object.entries(value).map(([part, each]) => (
          <li key={part}>
            <span className="muted">{wordsOf(part)}</span> <Value name={part} value={each} />
          </li>
        ))}
      </ul>
    );
  return <Name text={typeof value === 'string' ? value : JSON.stringify(value)} />;
}
