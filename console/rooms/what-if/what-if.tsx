import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { command, read } from '../../api/client.js';
import { feed } from '../../api/live.js';
import type { Page } from '../../api/types.js';
import { TextButton } from '../../app/text-button.js';
import type { components } from '../../generated/cluster.js';
import { useAt, useSearch, useSetSearch } from '../../moment/in-url.js';
import { useRead } from '../../moment/use-read.js';
import { Loading } from '../../parts/states/states.js';
import { AnswerView } from './answer.js';
import { findNamed, type Named } from './find.js';
import {
  kindOf,
  problemsOf,
  questionOf,
  refusedField,
  rowsOf,
  searchOf,
  wordsOf,
  type Problem,
  type Row,
} from './form.js';
import { QuestionForm } from './question.js';
import css from './what-if.module.css';

type WhatIf = components['schemas']['WhatIf'];
type Job = components['schemas']['Job'];
type Submission = components['schemas']['JobSubmission'];

const SUGGESTED = 200;
const FIRST_ROWS: readonly Row[] = [{ kind: 'drain', object: '', amount: '' }];

/** Asks the scheduler what it would do after changes, starting from now or from the selected moment. */
export function WhatIfPage(): ReactNode {
  const at = useAt();
  const setSearch = useSetSearch();
  const inUrl = rowsOf(useSearch());
  const key = inUrl === undefined ? '' : JSON.stringify(inUrl);
  const [rows, setRows] = useState(inUrl ?? FIRST_ROWS);
  const [shown, setShown] = useState(key);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [finding, setFinding] = useState(false);
  // If the URL contains a different question, for example after going back, it replaces the content of the form.
  if (shown !== key) {
    setShown(key);
    setRows(inUrl ?? FIRST_ROWS);
    setProblems([]);
  }
  const nodes = useSuggestions('node');
  const jobs = useSuggestions('job');
  const { data, error, isFetching, isPlaceholderData, refetch } = useAnswer(inUrl, at);
  const unchanged = JSON.stringify(rows) === key;
  const refused = error === null || !unchanged || isFetching ? [] : [refusedField(error.message, rows)];
  // A link may have been written by hand, so its question is checked here too.
  const shownProblems = problems.length > 0 || !unchanged ? problems : [...problemsOf(rows), ...refused];

  const ask = async (): Promise<void> => {
    setFinding(true);
    const found = await withIds(rows, at);
    setFinding(false);
    setProblems(found.problems);
    if (found.problems.length > 0) {
      setRows(found.rows);
      return;
    }
    const search = searchOf(found.rows);
    // Use the order of the URL, so that the form is the same after a reload.
    const next = rowsOf(search) ?? [];
    setRows(next);
    if (JSON.stringify(next) === key) void refetch();
    else setSearch(search);
  };

  return (
    <div className={css['page']}>
      <h1>What if</h1>
      <p className="muted">
        The scheduler plans on a copy of the cluster with all of these changes applied together
        {at === undefined ? '' : ', as of the selected moment'}. Nothing is written.
      </p>
      <QuestionForm
        rows={rows}
        problems={shownProblems}
        nodes={nodes}
        jobs={jobs}
        busy={finding || isFetching}
        onChange={(next) => {
          setRows(next);
          setProblems([]);
        }}
        onAsk={() => void ask()}
      >
        {data === undefined || inUrl === undefined ? null : (
          <TextButton
            command={wordsOf(inUrl)}
            json="/what-if"
            subject={undefined}
            asked={{ question: data.question, answer: data.told }}
          />
        )}
      </QuestionForm>
      {inUrl !== undefined && data === undefined && isFetching ? <Loading what="the answer" /> : null}
      {data === undefined || inUrl === undefined || error !== null ? null : (
        <AnswerView
          told={data.told}
          counted={data.counted}
          names={new Map(nodes.map(({ id, name = '' }) => [id, name === '' ? id : name]))}
          busy={isPlaceholderData || isFetching}
          head={at === undefined ? data.head : undefined}
          onAgain={() => void refetch()}
        />
      )}
    </div>
  );
}

interface Answered {
  readonly question: unknown;
  readonly told: WhatIf;
  readonly counted: readonly string[];
  /** The latest known position when the response arrived. */
  readonly head: string | undefined;
}

/** Requests the answer to the question in the URL. It is requested only once, because it may take the server seconds. */
function useAnswer(rows: readonly Row[] | undefined, at: string | undefined) {
  return useQuery<Answered, Error>({
    queryKey: ['what-if', at ?? 'live', rows],
    enabled: rows !== undefined && problemsOf(rows).length === 0,
    staleTime: Infinity,
    placeholderData: (previous) => previous,
    queryFn: async ({ signal }) => {
      const asked = rows ?? [];
      const counted = asked.filter(({ kind }) => kind === 'fit').map(({ object }) => object);
      const jobs = new Map<string, Submission>();
      for (const id of new Set(counted)) {
        const { body } = await read<Job>(`/jobs/${encodeURIComponent(id)}`, at, signal);
        jobs.set(id, specificationOf(body));
      }
      const question = questionOf(asked, at, jobs);
      const told = await command<WhatIf>('/what-if', { method: 'POST', body: question, signal });
      return { question, told, counted, head: feed.status().position };
    },
  });
}

/** Returns the fields of a job that a submission accepts. The id is omitted, because the copy is a different job. */
function specificationOf({ priority, constraints, task_groups }: Job): Submission {
  return { priority, ...(constraints === undefined ? {} : { constraints }), task_groups } as Submission;
}

function useSuggestions(of: 'node' | 'job'): readonly Named[] {
  const { data } = useRead<Page<Named>>(`/console/api/${of}s?limit=${SUGGESTED}`, { subjects: [of] });
  return data?.body.rows ?? [];
}

/** Replaces names with ids, and returns the rows with their problems. */
async function withIds(
  rows: readonly Row[],
  at: string | undefined,
): Promise<{ readonly rows: readonly Row[]; readonly problems: readonly Problem[] }> {
  const found: Row[] = [];
  const problems: Problem[] = [];
  for (const [place, row] of rows.entries()) {
    const { of } = kindOf(row.kind);
    try {
      const id = row.object === '' ? undefined : await findNamed(of, row.object, at);
      found.push(id === undefined ? row : { ...row, object: id });
      if (id === undefined && row.object !== '')
        problems.push({
          row: place,
          field: 'object',
          words: `There is no ${of} ${row.object}${at === undefined ? '' : ' at the selected moment'}, or its name is not unique.`,
        });
    } catch (error) {
      found.push(row);
      problems.push({
        row: place,
        field: 'object',
        words: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return {
    rows: found,
    problems: [
      ...problemsOf(found).filter(
        ({ row, field }) => !problems.some((each) => each.row === row && each.field === field),
      ),
      ...problems,
    ],
  };
}
