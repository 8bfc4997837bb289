import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { ApiError, command, newKey } from '../../api/client.js';
import { useRead } from '../../moment/use-read.js';
import { useAt, useSearch } from '../../moment/in-url.js';
import { Editor, type Problem } from '../../parts/editor/editor.js';
import { Unanswered } from '../../parts/states/states.js';
import type { components } from '../../generated/cluster.js';
import { pathOf } from '../../app/object-link.js';
import { draftOf, EXAMPLE, keepDraft, textOf } from './draft.js';
import { JobPlan } from '../../actions/job-plan.js';
import css from './run.module.css';

type Job = components['schemas']['Job'];
type JobPlan = components['schemas']['JobPlan'];
type Parsed = components['schemas']['ParsedJobFile'];

/** Submits a new job, or resubmits a job as it was at the selected moment. */
export function RunPage(): ReactNode {
  const { job } = useSearch();
  const { data, error, refetch } = useRead<Job>(
    job === undefined ? undefined : `/jobs/${encodeURIComponent(job)}`,
  );
  const at = useAt();
  if (job === undefined) return <Form key="new" draft="new" text={EXAMPLE} />;
  if (data === undefined) return <Unanswered what="the job" error={error} retry={() => void refetch()} />;
  return <Form key={job} job={job} draft={`${job}@${at ?? ''}`} text={textOf(data.body)} />;
}

interface Planned {
  readonly text: string;
  readonly job: NonNullable<Parsed['job']>;
  readonly plan: JobPlan;
  /** The submission reuses this key, so that the scheduler considers nodes in the same order as for the plan. */
  readonly key: string;
}

function Form({
  job,
  draft,
  text: original,
}: {
  readonly job?: string;
  readonly draft: string;
  readonly text: string;
}): ReactNode {
  const [text, setText] = useState(() => draftOf(draft) ?? original);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [refusal, setRefusal] = useState<string>();
  const [planned, setPlanned] = useState<Planned>();
  const [busy, setBusy] = useState(false);
  const at = useAt();
  const navigate = useNavigate();
  const fresh = planned?.text === text ? planned : undefined;

  const edit = (next: string): void => {
    setText(next);
    keepDraft(draft, next === original ? undefined : next);
    setProblems([]);
    setRefusal(undefined);
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await work();
    } catch (error) {
      setRefusal(
        error instanceof ApiError && error.status === 401
          ? 'Your session has ended. Sign in, then press the button again.'
          : error instanceof Error
            ? error.message
            : String(error),
      );
    } finally {
      setBusy(false);
    }
  };
  const plan = (): Promise<void> =>
    attempt(async () => {
      setPlanned(undefined);
      const parsed = await command<Parsed>('/jobs/parse', { method: 'POST', body: { text } });
      setProblems(parsed.problems);
      if (parsed.job === null) return;
      const key = newKey();
      const result = await command<JobPlan>('/jobs/plan', { method: 'POST', body: parsed.job, key });
      setPlanned({ text, job: parsed.job, plan: result, key });
    });
  const run = (): Promise<void> =>
    attempt(async () => {
      if (fresh === undefined) return;
      const { job_id: id } = await command<{ readonly job_id: string }>('/jobs', {
        method: 'POST',
        body: fresh.job,
        key: fresh.key,
      });
      keepDraft(draft, undefined);
      // The job runs now, even if the job file is from a past moment.
      await navigate({ to: (pathOf('job', id) ?? '/jobs') as '/', search: { at: undefined } as never });
    });

  return (
    <div className={css['page']}>
      <h1>{job === undefined ? 'Run a job' : `Run ${job} again`}</h1>
      <p className="muted">
        YAML, JSON, or a Nomad job in HCL.{' '}
        {at === undefined
          ? 'Plan shows what would change and where instances would be placed. Nothing is written until you press Run.'
          : 'The job file is from the selected moment. Plan and Run use the current state.'}
      </p>
      <Editor label="Job file" value={text} problems={problems} onChange={edit} />
      <div className={css['buttons']}>
        <button
          type="button"
          className={`button ${fresh === undefined ? 'primary' : ''}`}
          disabled={busy || text.trim() === ''}
          onClick={() => void plan()}
        >
          Plan
        </button>
        <button
          type="button"
          className={`button ${fresh === undefined ? '' : 'primary'}`}
          disabled={busy || fresh === undefined}
          title={fresh === undefined ? 'Plan first: Run submits the planned job' : undefined}
          onClick={() => void run()}
        >
          Run
        </button>
        {text === original ? null : (
          <button type="button" className="button quiet" onClick={() => edit(original)}>
            Undo all changes
          </button>
        )}
      </div>
      {refusal === undefined ? null : (
        <p role="alert" className={css['refusal']}>
          {refusal}
        </p>
      )}
      {fresh === undefined ? null : <JobPlan plan={fresh.plan} />}
    </div>
  );
}
