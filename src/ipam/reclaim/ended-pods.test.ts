import { describe, expect, it } from 'vitest';
import type { Allocation } from '../allocation.ts';
import type { PodRef } from '../attachment.ts';
import { EndedPods, type PodLife } from './ended-pods.ts';
import { isSamePod, sandboxDeadlineMs } from './garbage.ts';
import type { PodState } from './pod-state.ts';
import { defaultReclaimPolicy } from './policy.ts';

const minute = 60_000;

function allocation(name: string, uid: string, createdAt = 0): Allocation {
  return {
    attachment: { network: 'net', containerId: `c-${uid}`, ifname: 'eth0' },
    node: 'n1',
    pod: { namespace: 'shop', name, uid },
    netns: '',
    addresses: [],
    createdAt,
  };
}

/** Pods by name; what the API server shows, and what a watch of it has shown. */
class Pods implements PodLife {
  readonly live = new Map<string, string>();
  readonly watched = new Map<string, string>();
  readonly states = new Map<string, PodState>();
  /** What the watch shows, where it is behind. */
  readonly late = new Map<string, PodState>();
  asked = 0;

  seen({ name, uid }: PodRef): PodState | undefined {
    if (this.watched.get(name) !== uid) return undefined;
    return this.late.get(name) ?? this.states.get(name) ?? { kind: 'lives' };
  }

  async look({ name, uid }: PodRef): Promise<PodState> {
    this.asked += 1;
    return this.live.get(name) === uid ? (this.states.get(name) ?? { kind: 'lives' }) : { kind: 'gone' };
  }
}

/** A Pod that is there, as both tell. */
function podsWith(state: PodState): Pods {
  const pods = new Pods();
  pods.live.set('web-0', 'u1');
  pods.watched.set('web-0', 'u1');
  pods.states.set('web-0', state);
  return pods;
}

async function found(pods: EndedPods, held: readonly Allocation[], at: number): Promise<readonly string[]> {
  const uids: string[] = [];
  for await (const { allocation } of pods.find(held, () => at)) uids.push(allocation.pod?.uid ?? '');
  return uids;
}

async function causes(pods: EndedPods, held: readonly Allocation[], at: number): Promise<readonly string[]> {
  const seen: string[] = [];
  for await (const { cause, isPodThere } of pods.find(held, () => at)) seen.push(`${cause.reason} ${isPodThere}`);
  return seen;
}

describe('allocations of Pods that are gone', () => {
  it('are found when their Pods have been gone for a minute', async () => {
    const pods = new Pods();
    const ended = new EndedPods(pods);
    const held = [allocation('web-0', 'u1')];
    expect(await found(ended, held, 10 * minute)).toEqual([]);
    expect(await found(ended, held, 10.5 * minute)).toEqual([]);
    expect(await found(ended, held, 11 * minute)).toEqual(['u1']);
  });

  it('are not those of Pods that the watch does not show yet (known failures 1 and 2)', async () => {
    const pods = new Pods();
    pods.live.set('web-0', 'u1');
    const ended = new EndedPods(pods);
    for (const at of [10, 11, 12]) expect(await found(ended, [allocation('web-0', 'u1')], at * minute)).toEqual([]);
  });

  it('are not those of young sandboxes, and then nobody is asked', async () => {
    const pods = new Pods();
    const ended = new EndedPods(pods);
    const held = [allocation('web-0', 'u1', 10 * minute)];
    for (const at of [10, 12, 15]) expect(await found(ended, held, at * minute)).toEqual([]);
    expect(pods.asked).toBe(0);
    expect(15 * minute - 10 * minute).toBeLessThanOrEqual(sandboxDeadlineMs);
  });

  it('are found as soon or as late as the daemon is told', async () => {
    const ended = new EndedPods(new Pods(), { ...defaultReclaimPolicy, sandboxDeadlineMs: 0, goneAfterMs: 2 * minute });
    const held = [allocation('web-0', 'u1')];
    for (const at of [1, 2]) expect(await found(ended, held, at * minute)).toEqual([]);
    expect(await found(ended, held, 3 * minute)).toEqual(['u1']);
  });

  it('go by the uid: a new Pod of the same name keeps its own and frees the old (known failure 3)', async () => {
    const pods = new Pods();
    pods.live.set('web-0', 'u2');
    pods.watched.set('web-0', 'u2');
    const ended = new EndedPods(pods);
    const held = [allocation('web-0', 'u1'), allocation('web-0', 'u2')];
    await found(ended, held, 10 * minute);
    expect(await found(ended, held, 11 * minute)).toEqual(['u1']);
  });

  it('are not those of Pods that came back into sight meanwhile', async () => {
    const pods = new Pods();
    const ended = new EndedPods(pods);
    const held = [allocation('web-0', 'u1')];
    await found(ended, held, 10 * minute);
    pods.watched.set('web-0', 'u1');
    expect(await found(ended, held, 10.5 * minute)).toEqual([]);
    pods.watched.clear();
    expect(await found(ended, held, 11 * minute)).toEqual([]);
  });

  it('a static Pod is the Pod that mirrors it', () => {
    const pod = { namespace: 'kube-system', name: 'etcd-n1', uid: 'hash' };
    expect(isSamePod(pod, { uid: 'u9', annotations: { 'kubernetes.io/config.mirror': 'hash' } })).toBe(true);
    expect(isSamePod(pod, { uid: 'u9', annotations: {} })).toBe(false);
  });
});

describe('allocations of Pods that are there', () => {
  const held = [allocation('web-0', 'u1')];
  const finished: PodState = { kind: 'finished', phase: 'Failed' };
  const ends = (endsAt: number): PodState => ({ kind: 'terminating', endsAt });

  it('are found when they were finished, or evicted, a minute ago', async () => {
    const ended = new EndedPods(podsWith(finished));
    expect(await causes(ended, held, minute)).toEqual([]);
    expect(await causes(ended, held, 1.9 * minute)).toEqual([]);
    expect(await causes(ended, held, 2 * minute)).toEqual(['pod-finished true']);
  });

  it('are not found by what the watch shows when the API server says otherwise', async () => {
    const pods = podsWith({ kind: 'lives' });
    pods.late.set('web-0', finished);
    const ended = new EndedPods(pods);
    for (const at of [1, 2, 3]) expect(await causes(ended, held, at * minute)).toEqual([]);
    expect(pods.asked).toBe(3);
  });

  it('are found when their grace period and the delay after it are over, and nobody is asked before', async () => {
    const pods = podsWith(ends(10 * minute));
    const ended = new EndedPods(pods, { ...defaultReclaimPolicy, terminatingDelayMs: minute });
    expect(await causes(ended, held, 11 * minute - 1)).toEqual([]);
    expect(pods.asked).toBe(0);
    expect(await causes(ended, held, 11 * minute)).toEqual(['pod-terminating true']);
  });

  it('are not found while they end, where that is turned off', async () => {
    const pods = podsWith(ends(0));
    const ended = new EndedPods(pods, { ...defaultReclaimPolicy, isTerminatingEnough: false });
    for (const at of [10, 20]) expect(await causes(ended, held, at * minute)).toEqual([]);
    expect(pods.asked).toBe(0);
  });

  it('are not found at all where nothing is to be reclaimed', async () => {
    const ended = new EndedPods(new Pods(), { ...defaultReclaimPolicy, isOn: false });
    for (const at of [10, 20]) expect(await causes(ended, held, at * minute)).toEqual([]);
  });

  it('are asked for again when somebody has set the clock back', async () => {
    const ended = new EndedPods(podsWith(finished));
    expect(await causes(ended, held, 60 * minute)).toEqual([]);
    expect(await causes(ended, held, minute)).toEqual(['pod-finished true']);
  });
});

describe('what waits for Pods that are gone, or should be', () => {
  const held: Allocation = {
    ...allocation('web-0', 'u1'),
    netns: '/run/netns/web-0',
    addresses: [{ address: '10.0.0.7', pool: 'rack', prefixLength: 24, routes: [] }],
  };
  const hasNetns = { yes: () => true, no: () => false };

  it('says by when an address comes back whose Pod was found gone', async () => {
    const ended = new EndedPods(new Pods());
    expect(ended.awaited(hasNetns.no, 10 * minute)).toEqual([]);
    await found(ended, [held], 10 * minute);
    expect(ended.awaited(hasNetns.no, 10 * minute)).toMatchObject([
      { subject: '10.0.0.7', message: expect.stringContaining('Pod shop/web-0 is gone'), until: 11 * minute },
    ]);
  });

  it('says that the container runtime is waited for while the network namespace is there', async () => {
    const ended = new EndedPods(new Pods());
    await found(ended, [held], 10 * minute);
    expect(ended.awaited(hasNetns.yes, 20 * minute)).toMatchObject([
      { message: expect.stringContaining('/run/netns/web-0'), until: undefined },
    ]);
  });

  it('says that kubelet is waited for when a deleted Pod outlives its grace period', async () => {
    const pods = new Pods();
    pods.watched.set('web-0', 'u1');
    pods.states.set('web-0', { kind: 'terminating', endsAt: 10 * minute });
    const ended = new EndedPods(pods);
    await found(ended, [held], 10 * minute - 1);
    expect(ended.awaited(hasNetns.yes, 10 * minute - 1)).toEqual([]);
    expect(ended.awaited(hasNetns.yes, 11 * minute)).toMatchObject([
      { message: expect.stringContaining('kubelet has not ended container c-u1'), until: undefined },
    ]);
  });
});
