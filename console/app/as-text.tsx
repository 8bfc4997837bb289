import { Fragment, useState, type ReactNode } from 'react';
import { useAt, useRange } from '../moment/in-url.js';
import { useRead } from '../moment/use-read.js';
import { Dialog } from '../parts/dialog/dialog.js';
import { Name } from '../parts/name/name.js';
import { Unanswered } from '../parts/states/states.js';
import { commandLine, musterCommand } from './command-line.js';
import { copy } from './copy.js';
import css from './as-text.module.css';

export interface TextSource {
  /** Arguments of the `muster` command that shows the same data. */
  readonly command?: readonly string[];
  /** API path of the JSON. */
  readonly json: string;
  /** Object with a history, such as `job:hello`. */
  readonly subject: string | undefined;
  /** Request and response of a POST that reads, such as `/what-if`. Its body already contains the moment. */
  readonly asked?: { readonly question: unknown; readonly answer: unknown };
}

/** Shows the page as commands and as JSON, for the same moment. */
export function AsText({ onClose, ...source }: TextSource & { readonly onClose: () => void }): ReactNode {
  const at = useAt();
  const { json, asked } = source;
  const { data: loaded, error } = useRead<unknown>(asked === undefined ? json : undefined);
  const data = asked === undefined ? loaded : { body: asked.answer };
  return (
    <Dialog title="CLI and JSON" open onClose={onClose}>
      <div className={css['text']}>
        <Commands {...source} />
        <h3>JSON{at === undefined ? '' : ' as of the selected moment'}</h3>
        {data === undefined ? (
          <Unanswered what="the JSON" error={error} />
        ) : (
          // Focusable, so it can be scrolled with the keyboard.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          <pre className={css['json']} tabIndex={0} role="region" aria-label="JSON">
            {JSON.stringify(data.body, null, 2)
              .split('\n')
              .map((line, place) => (
                <Fragment key={place}>
                  <Name text={line} />
                  {'\n'}
                </Fragment>
              ))}
          </pre>
        )}
      </div>
    </Dialog>
  );
}

function Commands({ command, json, subject, asked }: TextSource): ReactNode {
  const at = useAt();
  const range = useRange();
  const url = new URL(json, location.origin);
  if (at !== undefined && asked === undefined) url.searchParams.set('as_of', at);
  const compared =
    range === undefined || subject === undefined
      ? undefined
      : [
          'diff',
          subject,
          '--from',
          `#${range.before}`,
          ...(range.after === undefined ? [] : ['--to', `#${range.after}`]),
        ];
  return (
    <>
      {command === undefined ? null : (
        <Copied title="Command" text={musterCommand(command, location.origin, at)} />
      )}
      {compared === undefined ? null : (
        <Copied title="Comparison" text={musterCommand(compared, location.origin, undefined)} />
      )}
      {subject === undefined ? null : (
        <Copied title="History" text={musterCommand(['history', subject], location.origin, undefined)} />
      )}
      <Copied title="HTTP" text={commandLine(['curl', url.href, ...sent(asked?.question)])} />
    </>
  );
}

/** Returns curl options that send the question. */
function sent(question: unknown): readonly string[] {
  return question === undefined ? [] : ['--json', JSON.stringify(question)];
}

function Copied({ title, text }: { readonly title: string; readonly text: string }): ReactNode {
  const [said, setSaid] = useState('');
  return (
    <div className={css['command']}>
      <h3>{title}</h3>
      <code>
        <Name text={text} />
      </code>
      <button
        type="button"
        className="button"
        aria-label={`Copy: ${title}`}
        onClick={() => void copy(text).then((copied) => setSaid(copied ? 'Copied' : 'Copying failed'))}
      >
        <span role="status">{said === '' ? 'Copy' : said}</span>
      </button>
    </div>
  );
}
