import type { z } from 'zod';
import { causesOf } from '#domain/explain/causes.js';
import { eventSentence, statusEventOf, verdictWords } from '#domain/explain/index.js';
import { referenceText, type Reference } from '#domain/explain/reference.js';
import type { AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { NodeSurvey, PlacementExplanation } from '#domain/scheduling/index.js';
import type { whyView } from './contract.js';
import type { ActorNames, VisibleObjects } from '#src/features/visibility/index.js';
import type { Kind } from './objects.js';
import type { Explained } from './explained.js';

type View = z.infer<typeof whyView>;

export async function viewWhy(
  { kind, object }: { readonly kind: Kind; readonly object: string },
  { why, decision, events, isComplete }: Explained,
  visible: VisibleObjects,
  names: ActorNames,
): Promise<View> {
  const since = why.since ?? statusEventOf(kind, events);
  const places = new Map(events.map((event) => [event.id, event]));
  return {
    object,
    sentence: await names.inText(why.sentence),
    evidence: await Promise.all(why.evidence.map(async (each) => await names.inText(each))),
    since: since === undefined ? null : await viewSince(since, names),
    ...(decision?.kind === 'placement' && {
      placement: viewPlacement(decision.placement, decision.basisRecorded),
    }),
    ...(decision?.kind === 'blocked' && {
      waiting: decision.groups.map(({ group, survey }) => ({
        task_group: group,
        ...(survey !== undefined && { survey: viewSurvey(survey) }),
      })),
    }),
    chain: await Promise.all(events.map(async (event) => await viewLink(event, places, visible, names))),
    chain_complete: isComplete,
  };
}

function viewPlacement(
  {
    nodeId,
    score,
    chosen,
    reproduced,
    differs,
    rules,
    considered,
    window,
    earlierInPlan,
    survey,
  }: PlacementExplanation,
  basisRecorded: boolean,
): NonNullable<View['placement']> {
  return {
    node_id: nodeId,
    score: score === null ? null : score / 1000,
    chosen: chosen === null ? null : { node_id: chosen.nodeId, score: chosen.score },
    reproduced,
    differs: [...differs],
    rules,
    basis_recorded: basisRecorded,
    window,
    earlier_in_plan: earlierInPlan,
    considered: considered.map(({ nodeId: node_id, ...rest }) => ({ node_id, ...rest })),
    ...(survey !== undefined && { survey: viewSurvey(survey) }),
  };
}

function viewSurvey({ nodes, fitting, filtered, exhausted, short, verdicts }: NodeSurvey) {
  return {
    nodes,
    fitting,
    filtered,
    exhausted,
    short,
    verdicts: verdicts.map((each) => ({
      node_id: each.nodeId,
      verdict: each.verdict,
      ...(each.score !== undefined && { score: each.score }),
      ...(each.filter !== undefined && { filter: each.filter }),
      ...(each.short !== undefined && { short: { ...each.short } }),
      sentence: verdictWords(each),
    })),
  };
}

async function viewSince(
  { position, metadata }: Recorded<AnyEvent>,
  names: ActorNames,
): Promise<NonNullable<View['since']>> {
  return {
    position: position.toString(),
    at: new Date(metadata.at).toISOString(),
    actor: metadata.actor ?? null,
    actor_name: await names.of(metadata),
  };
}

async function viewLink(
  event: Recorded<AnyEvent>,
  places: ReadonlyMap<string, Recorded<AnyEvent>>,
  visible: VisibleObjects,
  names: ActorNames,
): Promise<View['chain'][number]> {
  const because = await Promise.all(
    causesOf(event).map(async (cause) => {
      const place = placeOf(cause, places);
      const seen = await visible.seesCause(place);
      return seen ? [referenceText(place)] : [];
    }),
  );
  const { stream, revision, type, metadata } = event;
  return {
    ...(await viewSince(event, names)),
    surface: metadata.surface ?? null,
    type,
    stream,
    revision,
    correlation_id: metadata.$correlationId,
    sentence: eventSentence(event),
    because: because.flat(),
  };
}

/** Identifies an event of the chain by stream and revision, because event ids are not shown. */
function placeOf(cause: Reference, places: ReadonlyMap<string, Recorded<AnyEvent>>): Reference {
  if (cause.kind !== 'event' || 'stream' in cause) return cause;
  const event = places.get(cause.id);
  return event === undefined ? cause : { kind: 'event', stream: event.stream, revision: event.revision };
}
