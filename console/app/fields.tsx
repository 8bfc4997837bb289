import type { ReactNode } from 'react';
import { Name } from '../parts/name/name.js';
import { Section } from './detail.js';

/** All fields of an object, as the API returns them. */
export function Fields({ row }: { readonly row: object }): ReactNode {
  return (
    <Section title="Fields">
      <table className="grid">
        <tbody>
          {Object.entries(row).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name.replaceAll('_', ' ')}</th>
              <td className="wide">
                {value === null ? (
                  <span className="muted">–</span>
                ) : (
                  <Name text={typeof value === 'string' ? value : JSON.stringify(value)} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
