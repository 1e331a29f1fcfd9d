import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const allocations = JSON.stringify({
  allocations: [
    { pod_namespace: 'payments', pod_name: 'card-0', node_id: 'fra1-node7', ip: '10.0.0.5', container_id: '4f1c' },
    { pod_namespace: 'default', pod_name: 'card-00', node_id: 'fra1-node70', ip: '10.0.0.6', container_id: '5a2b' },
  ],
});
const made = (...texts: readonly string[]): readonly string[] => redact([allocations, ...texts], 'secret').slice(1);
const word = (kind: string) => new RegExp(`^${kind}-[0-9a-f]{8}$`);

describe('a redacted text', () => {
  it.each<[string, string]>([
    ['a message', JSON.stringify({ message: 'node "fra1-node7" did not answer: payments/card-0 holds 10.0.0.5' })],
    [
      'an object',
      JSON.stringify({ metadata: { name: '10.0.0.5', namespace: 'payments' }, spec: { pod: 'payments/card-0' } }),
    ],
    ['a key', JSON.stringify({ node_stats: { 'fra1-node7': { blocks: 1 } } })],
    ['metrics', 'ipam_allocations{node="fra1-node7",namespace="payments"} 4\n'],
    ['a name that an object has itself', JSON.stringify({ kind: 'SpiderEndpoint', metadata: { name: 'fra1-old-0' } })],
    ['a name of a zone', JSON.stringify({ peer: 'fra1-node7.' })],
  ])('has no names of somebody in %s', (_what, text) => {
    const [redacted = ''] = made(text);
    expect(redacted).not.toMatch(/payments|card-0|fra1/);
    expect(redacted.length).toBeGreaterThan(10);
  });

  it.each<[string, object]>([
    ['addresses, pools and what is random', { ip: '10.0.0.5', pool: 'cluster-ipv4', uid: '1b9d' }],
    ['words of the program that sound like a namespace', { default: true, namespace: 'default' }],
    ['longer words that begin so', { note: 'card-0s, xcard-0, payments2, fra1-node71' }],
    ['counts', { used: 5, total_exact: '65534', none: null }],
  ])('keeps %s', (_what, data) => expect(JSON.parse(made(JSON.stringify(data))[0] ?? '')).toEqual(data));

  it('has the same word for the same name throughout, and another in another bundle', () => {
    const [all = ''] = redact([allocations], 'secret');
    const [first, second] = (JSON.parse(all) as { allocations: Record<string, string>[] }).allocations;
    expect(first).toMatchObject({
      pod_namespace: expect.stringMatching(word('namespace')),
      pod_name: expect.stringMatching(word('pod')),
      node_id: expect.stringMatching(word('node')),
    });
    expect(second?.pod_name).not.toBe(first?.pod_name);
    expect(made(JSON.stringify({ about: 'fra1-node7' }))[0]).toContain(first?.node_id);
    expect(redact([allocations], 'another')[0]).not.toContain(first?.node_id);
  });
});
