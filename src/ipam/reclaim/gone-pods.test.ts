import { describe, expect, it } from 'vitest';
import type { Allocation } from '../allocation.ts';
import type { PodRef } from '../attachment.ts';
import { isSamePod, sandboxDeadlineMs } from './garbage.ts';
import { GonePods } from './gone-pods.ts';

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
class Pods {
  live = new Map<string, string>();
  seen = new Map<string, string>();
  deleted = new Map<string, number>();
  asked = 0;

  isSeen({ name, uid }: PodRef): boolean {
    return this.seen.get(name) === uid;
  }

  endsAt({ name }: PodRef): number | undefined {
    return this.deleted.get(name);
  }

  async exists({ name, uid }: PodRef): Promise<boolean> {
    this.asked += 1;
    return this.live.get(name) === uid;
  }
}

async function found(gonePods: GonePods, held: readonly Allocation[], at: number): Promise<readonly string[]> {
  const uids: string[] = [];
  for await (const { pod } of gonePods.find(held, () => at)) uids.push(pod?.uid ?? '');
  return uids;
}

describe('allocations of Pods that are gone', () => {
  it('are found when their Pods have been gone for a minute', async () => {
    const pods = new Pods();
    const gonePods = new GonePods(pods);
    const held = [allocation('web-0', 'u1')];
    expect(await found(gonePods, held, 10 * minute)).toEqual([]);
    expect(await found(gonePods, held, 10.5 * minute)).toEqual([]);
    expect(await found(gonePods, held, 11 * minute)).toEqual(['u1']);
  });

  it('are not those of Pods that the watch does not show yet (known failures 1 and 2)', async () => {
    const pods = new Pods();
    pods.live.set('web-0', 'u1');
    const gonePods = new GonePods(pods);
    for (const at of [10, 11, 12]) expect(await found(gonePods, [allocation('web-0', 'u1')], at * minute)).toEqual([]);
  });

  it('are not those of young sandboxes, and then nobody is asked', async () => {
    const pods = new Pods();
    const gonePods = new GonePods(pods);
    const held = [allocation('web-0', 'u1', 10 * minute)];
    for (const at of [10, 12, 15]) expect(await found(gonePods, held, at * minute)).toEqual([]);
    expect(pods.asked).toBe(0);
    expect(15 * minute - 10 * minute).toBeLessThanOrEqual(sandboxDeadlineMs);
  });

  it('are found as soon or as late as the daemon is told', async () => {
    const gonePods = new GonePods(new Pods(), { sandboxDeadlineMs: 0, goneAfterMs: 2 * minute });
    const held = [allocation('web-0', 'u1')];
    for (const at of [1, 2]) expect(await found(gonePods, held, at * minute)).toEqual([]);
    expect(await found(gonePods, held, 3 * minute)).toEqual(['u1']);
  });

  it('go by the uid: a new Pod of the same name keeps its own and frees the old (known failure 3)', async () => {
    const pods = new Pods();
    pods.live.set('web-0', 'u2');
    pods.seen.set('web-0', 'u2');
    const gonePods = new GonePods(pods);
    const held = [allocation('web-0', 'u1'), allocation('web-0', 'u2')];
    await found(gonePods, held, 10 * minute);
    expect(await found(gonePods, held, 11 * minute)).toEqual(['u1']);
  });

  it('are not those of Pods that came back into sight meanwhile', async () => {
    const pods = new Pods();
    const gonePods = new GonePods(pods);
    const held = [allocation('web-0', 'u1')];
    await found(gonePods, held, 10 * minute);
    pods.seen.set('web-0', 'u1');
    expect(await found(gonePods, held, 10.5 * minute)).toEqual([]);
    pods.seen.clear();
    expect(await found(gonePods, held, 11 * minute)).toEqual([]);
  });

  it('a static Pod is the Pod that mirrors it', () => {
    const pod = { namespace: 'kube-system', name: 'etcd-n1', uid: 'hash' };
    expect(isSamePod(pod, { uid: 'u9', annotations: { 'kubernetes.io/config.mirror': 'hash' } })).toBe(true);
    expect(isSamePod(pod, { uid: 'u9', annotations: {} })).toBe(false);
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
    const gonePods = new GonePods(new Pods());
    expect(gonePods.awaited(hasNetns.no, 10 * minute)).toEqual([]);
    await found(gonePods, [held], 10 * minute);
    expect(gonePods.awaited(hasNetns.no, 10 * minute)).toMatchObject([
      { subject: '10.0.0.7', message: expect.stringContaining('Pod shop/web-0 is gone'), until: 11 * minute },
    ]);
  });

  it('says that the container runtime is waited for while the network namespace is there', async () => {
    const gonePods = new GonePods(new Pods());
    await found(gonePods, [held], 10 * minute);
    expect(gonePods.awaited(hasNetns.yes, 20 * minute)).toMatchObject([
      { message: expect.stringContaining('/run/netns/web-0'), until: undefined },
    ]);
  });

  it('says that kubelet is waited for when a deleted Pod outlives its grace period', async () => {
    const pods = new Pods();
    pods.seen.set('web-0', 'u1');
    pods.deleted.set('web-0', 10 * minute);
    const gonePods = new GonePods(pods);
    await found(gonePods, [held], 10 * minute - 1);
    expect(gonePods.awaited(hasNetns.yes, 10 * minute - 1)).toEqual([]);
    expect(gonePods.awaited(hasNetns.yes, 11 * minute)).toMatchObject([
      { message: expect.stringContaining('kubelet has not ended container c-u1'), until: undefined },
    ]);
  });
});
