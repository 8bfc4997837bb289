import { quotaMessage } from '../accounts/quota/index.js';
import { plural } from '../kernel/plural.js';
import { fitsNoNode } from '../scheduling/plan-log/blocked-nodes.js';
import type { BlockedReason, BlockedReasons, StopReason } from '../scheduling/plan-log/events.js';
import { LOST_ALLOCATIONS } from '../scheduling/plan-log/lost-allocations.js';
import { RESERVED } from '../scheduling/plan-log/reserved.js';
import type {
  NodeSurvey,
  PlacementDifference,
  PlacementExplanation,
} from '../scheduling/planning/explain-placement.js';
import type { NodeVerdict } from '../scheduling/planning/node-verdict.js';

export function blockedSentence(reasons: BlockedReasons): string {
  return Object.entries(reasons)
    .map(([group, reason]) => `${plural(reason.unplaced, 'instance')} of group ${group} ${unplaced(reason)}`)
    .join('; ');
}

function unplaced(reason: BlockedReason): string {
  const { quota } = reason;
  if (quota === undefined) return unfit(reason);
  const over = `would exceed a quota: ${quotaMessage(quota)}`;
  return fitsNoNode(reason) ? `${unfit(reason)}, and ${over}` : over;
}

function unfit(reason: BlockedReason): string {
  const { nodes, filtered, exhausted } = reason;
  if (nodes === 0) return 'cannot be placed because no node is registered';
  const parts = [
    ...Object.entries(exhausted).map(([dimension, count]) =>
      lackWords(`${count} of ${plural(nodes, 'node')}`, count === 1, dimension, reason.short[dimension]),
    ),
    ...Object.entries(filtered).map(
      ([filter, count]) => `${of(count, nodes)} ruled out by ${filterWords(filter, count === 1)}`,
    ),
  ];
  return `cannot be placed: ${parts.length === 0 ? `none of ${plural(nodes, 'node')} fits` : parts.join(', ')}`;
}

function of(count: number, nodes: number): string {
  return `${count} of ${plural(nodes, 'node')} ${count === 1 ? 'is' : 'are'}`;
}

/**
 * Describes what nodes lack: `2 nodes lack cpu (short by at least 300)`.
 *
 * @param nodes the number of nodes, in words
 * @param least the smallest shortage among them, or undefined if the dimension has no amount
 */
export function lackWords(
  nodes: string,
  isOne: boolean,
  dimension: string,
  least: number | undefined,
): string {
  if (dimension === RESERVED) return `${nodes} ${isOne ? 'is' : 'are'} ${RESERVED_WORDS}`;
  if (dimension === LOST_ALLOCATIONS) return `${nodes} must first report the end of lost allocations`;
  const by = least === undefined ? '' : ` (short by at least ${amount(dimension, least)})`;
  return `${nodes} ${isOne ? 'lacks' : 'lack'} ${dimension}${by}`;
}

const RESERVED_WORDS = 'reserved for a job that has waited longer or has a higher priority';

/** Names what rules out a node, or several. */
export function filterWords(filter: string, isOne = true): string {
  const whose = isOne ? 'its' : 'their';
  return filter === 'unschedulable'
    ? `${whose} state (down, draining, ineligible or not admitted yet)`
    : filter;
}

const STOPS: Readonly<Record<StopReason, string>> = {
  'job-stopped': 'its job was stopped',
  'job-updated': 'its job was updated',
  'job-deleted': 'its job was deleted',
  'scaled-down': 'its job was scaled down',
  drain: 'its node is draining',
  'capacity-shrunk': 'its node no longer has enough capacity',
};

export function stopSentence(reason: StopReason, { nodeId }: { readonly nodeId: string }): string {
  return STOPS[reason].replace('its node', `node ${nodeId}`);
}

export function chosenSentence({ nodeId, considered, score, chosen }: PlacementExplanation): string {
  const told = score === null ? chosen?.score : score / 1000;
  if (told === undefined) return `it was placed on node ${nodeId}`;
  if (considered.length <= 1) return `node ${nodeId} was the only suitable node`;
  return `node ${nodeId} had the best score (${scoreText(told)}) of the ${considered.length} suitable nodes that were compared`;
}

export function placementEvidence(placement: PlacementExplanation, basisRecorded: boolean): string[] {
  const { considered, survey, earlierInPlan, window } = placement;
  return [
    ...(survey === undefined ? [] : [surveySentence(survey)]),
    ...considered.map(
      ({ nodeId, score, packing, apart }) =>
        `Node ${nodeId} scored ${scoreText(score)}${
          apart === undefined
            ? ' for how well the job fills it'
            : `: ${scoreText(packing)} for how well the job fills it, ${scoreText(apart)} because other allocations of the job are there`
        }.`,
    ),
    ...(considered.length === window && (survey?.fitting ?? 0) > window
      ? [
          `The search compares the first ${window} suitable nodes, starting at a point that depends on the evaluation.`,
        ]
      : []),
    ...(earlierInPlan === 0
      ? []
      : [
          `${plural(earlierInPlan, 'placement')} earlier in the same plan ${earlierInPlan === 1 ? 'was' : 'were'} taken into account.`,
        ]),
    ...reproductionSentences(placement, basisRecorded),
  ];
}

function surveySentence({ nodes, fitting, filtered, exhausted }: NodeSurvey): string {
  const parts = [
    ...Object.entries(exhausted).map(([dimension, count]) =>
      dimension === RESERVED ? `${count} reserved for other work` : `${count} short of ${dimension}`,
    ),
    ...Object.entries(filtered).map(
      ([filter, count]) => `${count} ruled out by ${filterWords(filter, count === 1)}`,
    ),
  ];
  return `It could run on ${fitting} of ${plural(nodes, 'registered node')}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}.`;
}

const DIFFERENCES: Readonly<Record<PlacementDifference, string>> = {
  rules: 'it was decided by the rules of a different release',
  state: 'its job or slot was not in the state that the placement recorded',
  node: 'a different node, or none, would be chosen now',
  score: 'the score differs',
  ports: 'different host ports are assigned',
  devices: 'different GPU devices are assigned',
};

function reproductionSentences(
  { reproduced, differs }: PlacementExplanation,
  basisRecorded: boolean,
): string[] {
  const basis = basisRecorded
    ? []
    : [
        'An older release decided this and did not record the events on which it was based, so all earlier events are taken into account.',
      ];
  if (reproduced) return basis;
  return [
    ...basis,
    `The decision could not be reproduced: ${differs.map((each) => DIFFERENCES[each]).join(', ')}. Settings such as the port range may have changed since.`,
  ];
}

export function whyNotNode(placement: PlacementExplanation, node: string): string {
  if (node === placement.nodeId) return `It was placed on node ${node}.`;
  const verdict = placement.survey?.verdicts.find(({ nodeId }) => nodeId === node);
  if (verdict?.verdict !== 'fits') return notFitting(node, verdict);
  const scored = placement.considered.find(({ nodeId }) => nodeId === node);
  const best = placement.chosen?.score;
  if (scored !== undefined && best !== undefined)
    return scored.score < best
      ? `Node ${node} was also suitable, but scored ${scoreText(scored.score)}, while node ${placement.nodeId} scored ${scoreText(best)}.`
      : `Node ${node} scored the same as node ${placement.nodeId}, which came first in the search.`;
  return `Node ${node} was also suitable, but the search compares only the first ${placement.window} suitable nodes, and reached other nodes first.`;
}

/** Explains why a waiting group is not placed on a node. */
export function whyNotThere(survey: NodeSurvey | undefined, node: string): string {
  return notFitting(
    node,
    survey?.verdicts.find(({ nodeId }) => nodeId === node),
  );
}

function notFitting(node: string, verdict: NodeVerdict | undefined): string {
  if (verdict === undefined) return `Node ${node} was not registered at that time.`;
  return `Node ${node} ${verdictWords(verdict)}.`;
}

export function verdictWords({ verdict, filter, short = {}, score }: NodeVerdict): string {
  if (verdict === 'fits')
    return `was suitable${score === undefined ? '' : `, with a score of ${scoreText(score)}`}`;
  if (verdict === 'filtered') return `was ruled out by ${filterWords(filter ?? 'a filter')}`;
  const lacking = Object.entries(short).filter(([dimension]) => dimension !== RESERVED);
  if (lacking.length === 0) return `was ${RESERVED_WORDS}`;
  return `lacked ${lacking.map(([dimension, by]) => `${dimension} (short by ${amount(dimension, by)})`).join(' and ')}`;
}

function scoreText(score: number): string {
  return score.toFixed(3);
}

function amount(dimension: string, value: number): string {
  return `${Math.round(value * 1000) / 1000}${UNITS[dimension] ?? ''}`;
}

/** Dimensions whose amounts are hard to read without a unit. */
const UNITS: Readonly<Record<string, string>> = { memory: ' MiB', disk: ' MiB' };
