import { Download } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { send } from '../api/client.js';
import { fileName, save } from './save.js';

/** Saves the whole log, not only the lines that the page has loaded. */
export function DownloadLog({ label, path }: { readonly label: string; readonly path: string }): ReactNode {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const download = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const response = await send(wholeOf(path), {});
      save(`${fileName(label)}.log`, await response.blob());
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {problem === undefined ? null : <span role="alert">{problem}</span>}
      <button type="button" className="button" disabled={busy} onClick={() => void download()}>
        <Download size={14} aria-hidden="true" /> {busy ? 'Downloading …' : 'Download'}
      </button>
    </>
  );
}

/** Returns the path of the same log as plain text, from its first line. */
export function wholeOf(followed: string): string {
  const [path = '', query] = followed.split('?');
  const parameters = new URLSearchParams(query);
  parameters.delete('follow');
  parameters.delete('tail');
  const rest = parameters.toString();
  return `${path.replace(/\/logs\/follow$/, '/logs/download')}${rest === '' ? '' : `?${rest}`}`;
}
