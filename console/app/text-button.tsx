import { Terminal } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { TextSource } from './as-text.js';

const AsText = lazy(async () => ({ default: (await import('./as-text.js')).AsText }));

/** Shows the page as commands and as JSON. */
export function TextButton(source: TextSource): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Terminal size={14} aria-hidden="true" /> CLI and JSON
      </button>
      <Suspense>{open ? <AsText {...source} onClose={() => setOpen(false)} /> : null}</Suspense>
    </>
  );
}
