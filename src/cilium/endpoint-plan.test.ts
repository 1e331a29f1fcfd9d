import { describe, expect, it } from 'vitest';
import { type EndpointFacts, endpointStep } from './endpoint-plan.ts';

const now = 10_000_000;
const pod = { uid: 'u', readySince: now - 70_000, addresses: ['10.0.0.1'] };
const endpoint = { podUid: 'u', deletingSince: undefined, hasFinalizers: false, addresses: ['10.0.0.1'] };
const ending = (ms: number, more: object = {}) => ({
  ...endpoint,
  deletingSince: now - ms,
  hasFinalizers: true,
  ...more,
});
const cases: readonly (readonly [string, Partial<EndpointFacts>, object])[] = [
  ['that is as it should be is left alone', { endpoint, pod }, { do: 'nothing' }],
  [
    'that is missing is waited for at first',
    { pod: { ...pod, readySince: now - 1 } },
    { do: 'nothing', againMs: 59_999 },
  ],
  ['that is still missing after a minute is asked for', { pod }, { do: 'rebuild' }],
  ['of a Pod that is not ready is not missing', { pod: { ...pod, readySince: undefined } }, { do: 'nothing' }],
  ['of no Pod at all is not missing', {}, { do: 'nothing' }],
  ['that is ending has its time', { endpoint: ending(1_000) }, { do: 'nothing', againMs: 1_799_000 }],
  ['that was ending for half an hour is let go', { endpoint: ending(1_800_000) }, { do: 'release' }],
  ['that nothing holds goes by itself', { endpoint: ending(9e6, { hasFinalizers: false }) }, { do: 'nothing' }],
  [
    'with an address that its Pod has not is told of',
    { endpoint: { ...endpoint, addresses: ['10.0.0.2'] }, pod },
    { do: 'report' },
  ],
  [
    'of a former Pod says nothing of this one',
    { endpoint: { ...endpoint, podUid: 'v', addresses: ['10.0.0.2'] }, pod },
    { do: 'nothing' },
  ],
];

describe('a CiliumEndpoint', () => {
  it.each(cases)('%s', (_what, facts, expected) =>
    expect(endpointStep({ endpoint: undefined, pod: undefined, now, terminationMs: 1_800_000, ...facts })).toEqual(
      expected,
    ),
  );
});
