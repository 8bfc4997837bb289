import { useState, type ReactNode } from 'react';
import { serverNow } from '../../api/server-time.js';
import { save } from '../../app/save.js';
import { useSession } from '../../app/session.js';
import { useSettings } from '../../app/settings.js';
import { useAt } from '../../moment/in-url.js';
import { positionOf } from '../../moment/position-of.js';
import { Failed } from '../../parts/states/states.js';
import { grouped } from '../../parts/time/format.js';
import { collect } from './collect.js';
import { incidentText, readIncident, type Incident } from './file.js';
import { OpenedFile } from './opened.js';
import css from './incident.module.css';

/** The browser holds the whole file in memory. */
const MOST_BYTES = 100_000_000;
const TYPE = 'application/x-ndjson';

interface Opened {
  readonly name: string;
  readonly incident: Incident;
}

/** Downloads a window of the log as one file, and opens such files without a server that has the log. */
export function IncidentPage(): ReactNode {
  const { me } = useSession();
  const [opened, setOpened] = useState<Opened>();
  const [problem, setProblem] = useState<Error>();
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setProblem(undefined);
    setOpened(undefined);
    try {
      if (file.size > MOST_BYTES)
        throw new Error('The file is larger than 100 MB. Import it into a server instead.');
      setOpened({ name: file.name, incident: readIncident(await file.text()) });
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return (
    <div className={css['page']}>
      <h1>Incident file</h1>
      <p className="muted">
        An incident file contains the events of a time window. Anyone who has the file can open it here,
        without access to the cluster.
      </p>
      {me.rooms.includes('events') ? <Download server={me.server.version} /> : null}
      <label className={css['open']}>
        Open a file
        <input
          type="file"
          accept=".ndjson,.jsonl,.json,.txt"
          onChange={({ target }) => {
            void open(target.files?.[0]);
            // Allows the same file to be chosen again.
            target.value = '';
          }}
        />
      </label>
      {problem === undefined ? null : <Failed error={problem} />}
      {opened === undefined ? null : (
        <OpenedFile key={opened.name} name={opened.name} incident={opened.incident} />
      )}
    </div>
  );
}

function Download({ server }: { readonly server: string }): ReactNode {
  const { utc } = useSettings();
  const at = useAt();
  const [from, setFrom] = useState('-1h');
  const [to, setTo] = useState('');
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const download = async (): Promise<void> => {
    setBusy(true);
    setNote(undefined);
    setProblem(undefined);
    try {
      const signal = new AbortController().signal;
      const now = serverNow();
      const [first, last] = await Promise.all([
        positionOf(from, now, utc, signal),
        positionOf(to === '' ? (at ?? now.toISOString()) : to, now, utc, signal),
      ]);
      if (first > last) throw new Error('The window ends before it begins.');
      const { head, lines } = await collect(first > 0n ? first : 1n, last, signal);
      const made = serverNow().toISOString();
      save(
        `muster-incident-${head.from}-${head.to}.ndjson`,
        new Blob([incidentText({ ...head, server, made_at: made }, lines)], { type: TYPE }),
      );
      setNote(
        `${grouped(lines.length)} ${lines.length === 1 ? 'event was' : 'events were'} written to the file.`,
      );
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={css['window']}
      onSubmit={(event) => {
        event.preventDefault();
        void download();
      }}
    >
      <label>
        From
        <input
          className="input"
          value={from}
          required
          placeholder="14:32, -1h, #18204"
          onChange={({ target }) => setFrom(target.value)}
        />
      </label>
      <label>
        To
        <input
          className="input"
          value={to}
          placeholder={at === undefined ? 'now' : 'the selected moment'}
          onChange={({ target }) => setTo(target.value)}
        />
      </label>
      <button type="submit" className="button primary" disabled={busy} aria-busy={busy}>
        Download
      </button>
      <span role="status">{note}</span>
      {problem === undefined ? null : (
        <p role="alert" className={css['problem']}>
          {problem}
        </p>
      )}
    </form>
  );
}
