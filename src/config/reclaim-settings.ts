import { z } from 'zod';
import { defaultReclaimPolicy } from '../ipam/reclaim/policy.ts';
import { duration, durationText } from './config-values.ts';
import { settings } from './setting.ts';
import { allOn, secondsOf } from './spiderpool-values.ts';

/** What daemons and the controller have in common. */
const shared = settings({
  reclaims: {
    key: 'reclaim.enabled',
    schema: z.boolean(),
    default: true,
    help: 'false: nothing comes back because of what its Pod, its node or its network namespace is found to be',
    more: 'A DEL, a GC of the runtime and an operator free addresses all the same. [All rules](reclaim.md).',
    spiderpool: { names: ['SPIDERPOOL_GC_IP_ENABLED', 'SPIDERPOOL_GC_IPPOOL_ENABLED'], value: allTrue },
  },
  terminatingDelay: {
    key: 'reclaim.terminatingDelay',
    schema: duration,
    default: durationText(defaultReclaimPolicy.terminatingDelayMs),
    help: 'how long after the grace period of a deleted Pod its addresses may come back',
    spiderpool: { names: ['SPIDERPOOL_GC_ADDITIONAL_GRACE_DELAY'], value: secondsOf },
  },
});

/** What a daemon takes back of its own node. */
export const daemonReclaimSettings = settings({
  ...shared,
  reclaimsTerminating: {
    key: 'reclaim.terminatingOnReadyNode',
    schema: z.boolean(),
    default: defaultReclaimPolicy.isTerminatingEnough,
    help: 'addresses of a Pod that should have ended come back when its network namespace is gone',
    spiderpool: {
      names: [
        'SPIDERPOOL_GC_STATELESS_TERMINATING_POD_ON_READY_NODE_ENABLED',
        'SPIDERPOOL_GC_TERMINATING_POD_IP_ENABLED',
      ],
      value: allTrue,
    },
  },
  sandboxGone: {
    key: 'reclaim.sandboxGone',
    schema: duration,
    default: durationText(defaultReclaimPolicy.sandboxGoneMs ?? 0),
    help: 'how long a network namespace must have been away, which was there before, until the addresses in it come back; 0: that alone is not enough',
    more: 'Of a Pod that the API server tells of, another container must be there besides.',
  },
  interfaceMissing: {
    key: 'reclaim.interfaceMissing',
    schema: duration,
    default: '0s',
    help: 'how long an interface must have been away from its network namespace, where it was before, until its addresses come back; 0: nobody looks',
    more: 'Needs `nsenter` and `ip`, and the right to enter network namespaces, as [conflicts](conflicts.md) do.',
  },
});

/** What the controller takes back of nodes that say nothing: its rules rest on the word of an operator. */
export const controllerReclaimSettings = settings({
  ...shared,
  sandboxDeadline: {
    key: 'reclaim.sandboxDeadline',
    schema: duration,
    default: durationText(defaultReclaimPolicy.sandboxDeadlineMs),
    help: 'a claim that is younger may belong to a Pod that is being made, and is never taken for a leak',
    more: 'As `allocation.sandboxDeadline` of the daemons.',
  },
  reclaimsTerminating: {
    key: 'reclaim.terminatingOnNotReadyNode',
    schema: z.boolean(),
    default: false,
    help: 'addresses of a Pod that should have ended come back when its node is not ready, whether or not it runs on there',
    more: 'Of a Pod whose address stays with an identity they do not.',
    spiderpool: { names: ['SPIDERPOOL_GC_STATELESS_TERMINATING_POD_ON_NOT_READY_NODE_ENABLED'], value: allTrue },
  },
  nodeNotReady: {
    key: 'reclaim.nodeNotReady',
    schema: duration,
    default: '0s',
    help: 'how long a node must not have been ready until what Pods of it have comes back that are gone or should have ended; 0: for ever',
    more: 'Whoever sets it sees to it that such a node is switched off. The taint `node.kubernetes.io/out-of-service` says so of one node, and then nothing is waited for.',
  },
});

/** A variable's value is text. */
function allTrue(...said: readonly unknown[]): unknown {
  return allOn(...said.map(asBoolean));
}

/** As Go's strconv.ParseBool has it. What is none stays, for the schema to refuse. */
function asBoolean(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (/^(1|t|true)$/i.test(text.trim())) return true;
  return /^(0|f|false)$/i.test(text.trim()) ? false : text;
}
