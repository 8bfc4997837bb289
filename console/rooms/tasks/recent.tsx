import type { ReactNode } from 'react';
import type { TaskRow } from '../../api/types.js';
import { pathOf } from '../../app/object-link.js';
import { useSettings } from '../../app/settings.js';
import { useClock } from '../../moment/moment.js';
import { Strip } from '../../parts/strip/strip.js';
import { absolute } from '../../parts/time/format.js';
import { stripMarks } from './strip-marks.js';

/** The latest runs and skipped slots of a task. Each mark says why it failed or was skipped. */
export function Recent({ task, label }: { readonly task: TaskRow; readonly label: string }): ReactNode {
  const { utc } = useSettings();
  const { time: now } = useClock();
  const marks = stripMarks(task, {
    timeOf: (time) => absolute(new Date(time), now, utc),
    runPath: (run) => pathOf('run', run) ?? '/',
  });
  return <Strip label={label} marks={marks} />;
}
