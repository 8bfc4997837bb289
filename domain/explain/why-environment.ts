import { environmentEvents } from '../environments/environment/events.js';
import { isOneOf, only } from '../kernel/event/index.js';
import { ownerEndWords } from '../work/owner-end.js';
import { actorText } from './actor.js';
import { buildFailure } from './event-sentence.js';
import { last, type Events, type ExplainedEvent } from './explained.js';
import { besides, jobEvidence, type Why } from './why.js';

/**
 * Explains what an environment consists of, and how its newest build is going.
 * @param events the environment's own events, in order
 * @param ofJob the explanation of the newest build's job, or undefined if it has none
 */
export function whyEnvironment(events: Events, ofJob: Why | undefined): Why {
  const deleted = last(events, 'EnvironmentDeleted');
  if (deleted !== undefined)
    return {
      sentence:
        deleted.data.reason === 'not_built'
          ? 'It was deleted because its first build failed.'
          : `It was deleted by ${actorText(deleted.metadata.actor)}.`,
      evidence: failedEvidence(events),
    };
  const newest = events.findLast((event) => isOneOf(STEPS, event));
  if (newest === undefined) return { sentence: 'It has not been built yet.', evidence: [] };
  if (newest.type === 'EnvironmentRolledBack')
    return {
      sentence: `It uses generation ${newest.data.generation} because ${actorText(newest.metadata.actor)} rolled it back from generation ${newest.data.before}.`,
      evidence: failedEvidence(events),
    };
  const { build } = newest.data;
  const { sentence, evidence } = whyBuild(events, build, ofJob);
  const earlier = events.findLast(({ type, data }) => type === 'EnvironmentBuilt' && data.build !== build);
  return {
    sentence: sentence.replace(/^It /, `Build ${build} `),
    evidence: [
      ...evidence,
      ...(newest.type === 'EnvironmentBuilt' || earlier === undefined
        ? []
        : ['Its earlier packages remain in use.']),
    ],
  };
}

const ENDS = only(
  environmentEvents,
  'EnvironmentBuilt',
  'EnvironmentPlanned',
  'EnvironmentBuildFailed',
  'EnvironmentBuildCancelled',
);

const STEPS = {
  ...ENDS,
  ...only(environmentEvents, 'EnvironmentBuildRequested', 'EnvironmentRolledBack'),
};

function failedEvidence(events: Events): string[] {
  const failed = last(events, 'EnvironmentBuildFailed');
  return failed === undefined
    ? []
    : [`Build ${failed.data.build} failed because ${buildFailure(failed.data)}.`];
}

/**
 * Explains how a build of an environment is going, or how it ended.
 * @param events the environment's own events, in order
 * @param ofJob the explanation of the build's job, or undefined if it has none
 */
export function whyBuild(events: Events, build: number, ofJob: Why | undefined): Why {
  const requested = last(
    events.filter((event) => isOf(event, build)),
    'EnvironmentBuildRequested',
  );
  const end = endOf(events, build);
  const evidence = [
    ...(requested === undefined
      ? []
      : [
          `${actorText(requested.metadata.actor)} requested it.`.replace(/^./u, (first) =>
            first.toUpperCase(),
          ),
        ]),
    ...jobEvidence(ofJob),
  ];
  switch (end?.type) {
    case 'EnvironmentBuilt':
      return { sentence: 'It succeeded.', evidence };
    case 'EnvironmentPlanned':
      return { sentence: 'It was planned. Nothing was installed.', evidence };
    case 'EnvironmentBuildFailed':
      return { sentence: `It failed because ${buildFailure(end.data)}.`, evidence };
    case 'EnvironmentBuildCancelled':
      return {
        sentence:
          end.data.because === undefined
            ? `It was cancelled by ${actorText(end.metadata.actor)}.`
            : `It was cancelled because ${ownerEndWords(end.data.because)}.`,
        evidence,
      };
    default:
  }
  if (ofJob !== undefined)
    return { sentence: `It has not ended. ${ofJob.sentence}`, evidence: besides(ofJob, evidence) };
  const behind = requested?.data.behind.findLast((each) => endOf(events, each) === undefined);
  return {
    sentence:
      behind === undefined ? 'It has not been started yet.' : `It starts after build ${behind} has ended.`,
    evidence,
  };
}

function isOf({ data }: ExplainedEvent, build: number): boolean {
  return 'build' in data && data.build === build;
}

function endOf(events: Events, build: number): ExplainedEvent | undefined {
  return events.findLast((event) => isOneOf(ENDS, event) && isOf(event, build));
}
