import { useParams } from '@tanstack/react-router';
import { lazy, type ReactNode } from 'react';
import type { Page, RunRow } from '../../api/types.js';
import { Detail } from '../../app/detail.js';
import { FollowedLog } from '../../app/followed-log.js';
import { ObjectLink } from '../../app/object-link.js';
import { useRights } from '../../app/rights.js';
import { useRead } from '../../moment/use-read.js';
import { Took, When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Missing } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import { WhyPanel } from '../../why/panel.js';
import { Since } from '../../why/since.js';
import { runActions } from './actions.js';

const LastGood = lazy(async () => ({ default: (await import('./last-good.js')).LastGood }));

export function RunPage(): ReactNode {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const [task = '', number = ''] = id.split('/');
  const subjects = [`run:${id}`];
  const query = new URLSearchParams({ filter: `task:${task} number:${number}`, limit: '50' });
  const { tenant } = useRights();
  const path = `/console/api/runs?${query.toString()}`;
  const { data, error, refetch, isPlaceholderData } = useRead<Page<RunRow>>(path, { subjects });
  const run = data?.body.rows.find((row) => String(row.task) === task && String(row.number) === number);
  const missing = (
    <Missing what="run" answered={data !== undefined} error={error} retry={() => void refetch()} />
  );
  const log = `/api/tasks/${encodeURIComponent(task)}/runs/${encodeURIComponent(number)}/logs?follow=true`;
  return (
    <Detail
      subject={`run:${id}`}
      busy={isPlaceholderData}
      actions={run !== undefined && tenant ? runActions(task, run) : []}
      command={['task', 'why', task, number]}
      json={path}
      title={
        run === undefined ? <Name text={`Run ${id}`} /> : <Name text={`${run.task_name}, run ${number}`} />
      }
      facts={
        run === undefined
          ? []
          : [
              ['Status', <Status key="status" value={run.status} />],
              ['Since', <Since key="since" kind="runs" id={id} subjects={subjects} />],
              ['Task', <ObjectLink key="task" kind="task" id={task} label={run.task_name} />],
              ['Trigger', run.trigger],
              ['Queued', <When key="queued" at={run.queued_at} />],
              ['Duration', <Took key="took" from={run.started_at} to={run.ended_at} />],
            ]
      }
      why={<WhyPanel kind="runs" id={id} subjects={subjects} status={run?.status} />}
      tabs={[
        {
          id: 'log',
          title: 'Log',
          content: () =>
            run === undefined ? (
              missing
            ) : (
              <FollowedLog
                label={`Log of run ${number}`}
                path={log}
                // The log is read again once the run has ended.
                source={`${log}#${run.ended_at === null ? 'open' : 'ended'}`}
              />
            ),
        },
        {
          id: 'last-good',
          title: 'Last good run',
          content: () => (run === undefined ? missing : <LastGood task={task} number={number} />),
        },
      ]}
    />
  );
}
