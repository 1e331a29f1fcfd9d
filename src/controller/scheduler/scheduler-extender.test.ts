import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../telemetry/log.ts';
import { ClusterState } from '../state.ts';
import { newStore, TestClock } from '../testing/world.ts';
import { SchedulerExtender } from './scheduler-extender.ts';

describe('the port of the scheduler extender', () => {
  const clock = new TestClock();
  let extender: SchedulerExtender;
  let url: string;

  beforeEach(async () => {
    const store = newStore(clock);
    const parts = { store, log: silentLog, clock };
    const state = new ClusterState(parts);
    const at = { host: '127.0.0.1', port: 0, tls: undefined, namedPools: [], torLabel: undefined };
    extender = new SchedulerExtender({ ...parts, ...at, state, cluster: store });
    url = `http://127.0.0.1:${await extender.listen()}/scheduler`;
  });
  afterEach(() => extender.stop());

  const post = async (verb: string, body: string) => {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    const answer = await fetch(`${url}/${verb}`, { method: 'POST', headers, body });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const pod = { metadata: { namespace: 'shop', name: 'web-0', labels: null }, spec: {} };

  it('answers as kube-scheduler reads it, and lets every node pass while nothing is known', async () => {
    const asked = JSON.stringify({ Pod: pod, Nodes: null, NodeNames: ['n1', 'n2'] });
    expect(await post('filter', asked)).toEqual({
      status: 200,
      body: { Nodes: null, NodeNames: ['n1', 'n2'], FailedNodes: {}, FailedAndUnresolvableNodes: {}, Error: '' },
    });
    expect(await post('prioritize', asked)).toEqual({
      status: 200,
      body: [
        { Host: 'n1', Score: 0 },
        { Host: 'n2', Score: 0 },
      ],
    });
  });

  it('reads keys in any case, as Go does, and gives whole nodes back', async () => {
    const items = [{ metadata: { name: 'n1' }, status: { phase: 'odd' } }];
    const { body } = await post('filter', JSON.stringify({ pod, nodes: { items } }));
    expect(body).toMatchObject({ Nodes: { items }, NodeNames: null });
  });

  it.each<[string, string, number]>([
    ['is no question', '{}', 400],
    ['is no JSON', '{', 400],
    ['asks about nothing', JSON.stringify({ Pod: pod }), 400],
    ['has nodes without names', JSON.stringify({ Pod: pod, Nodes: { items: [{}] } }), 400],
    ['is larger than any question', `"${'x'.repeat(17 * 1024 * 1024)}"`, 413],
  ])('refuses what %s', async (_what, body, status) => {
    expect((await post('filter', body)).status).toBe(status);
  });

  it('ends while a certificate is read that cannot be, and says which', async () => {
    const store = newStore(clock);
    const parts = {
      store,
      cluster: store,
      log: silentLog,
      clock,
      host: '127.0.0.1',
      port: 0,
      namedPools: [],
      torLabel: undefined,
    };
    const tls = { read: () => Promise.reject(new Error('no tls.crt')) };
    const broken = new SchedulerExtender({ ...parts, tls, state: new ClusterState({ store, log: silentLog, clock }) });
    await expect(broken.listen()).rejects.toThrow('no tls.crt');
  });
});
