import { describe, expect, it } from 'vitest';
import { isIpamError } from '../resources/errors.ts';
import { configVersion, decodeConfig, networkConfig, unreadKeys } from './network-config.ts';

const decode = (text: string) => decodeConfig(Buffer.from(text));
const config = (ipam: object, more: object = {}) =>
  decode(JSON.stringify({ name: 'n', ipam: { type: 'ipam-plugin', ...ipam }, ...more }));

function refusal(act: () => unknown): string {
  try {
    act();
    return 'taken';
  } catch (error) {
    if (!isIpamError(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe('standard input', () => {
  it.each([
    ['a byte order mark', '\ufeff{"name":"n"}', 'byte order mark'],
    ['data after the object', '{"name":"n"} {}', 'not JSON'],
    ['a comment', '{"name":"n" /* n */}', 'not JSON'],
    ['a comma too many', '{"name":"n",}', 'not JSON'],
    ['null', 'null', 'not a JSON object'],
    ['a no-break space before the object', '\u00a0{}', 'not JSON'],
  ])('with %s is refused', (_what, text, says) => {
    expect(refusal(() => decode(text))).toContain(says);
  });

  it('is read with keys in any case; of two that are alike the last counts, and null counts for nothing', () => {
    expect(
      decode('{"NAME":"a","Name":"b","IPAM":{"Type":"x","POOLS":["p"],"Routes":null,"other":null},"Bridge":"cni0"}'),
    ).toEqual({
      name: 'b',
      ipam: { type: 'x', pools: ['p'], other: null },
      Bridge: 'cni0',
    });
  });

  it.each([
    ['{"name":"n"}', '0.1.0'],
    ['{"name":"n","cniVersion":""}', '0.1.0'],
    ['{"name":"n","cniVersion":null}', '0.1.0'],
    ['{"name":"n","CNIVERSION":"1.1.0"}', '1.1.0'],
  ])('%s is of version %s', (text, version) => {
    expect(configVersion(decode(text))).toBe(version);
  });

  it('keeps null for the attachments of GC as a list of none, and reads their keys in any case', () => {
    expect(decode('{"cni.dev/valid-attachments":null}')).toEqual({ 'cni.dev/valid-attachments': [] });
    expect(decode('{"cni.dev/attachments":[{"containerid":"a","IfName":"b"}]}')).toEqual({
      'cni.dev/attachments': [{ containerID: 'a', ifname: 'b' }],
    });
  });
});

describe('keys of ipam', () => {
  it.each([
    ['range', '10.0.0.0/24', 'Whereabouts'],
    ['Range', '10.0.0.0/24', 'Whereabouts'],
    ['exclude', ['10.0.0.9/32'], 'Whereabouts'],
    ['ipRanges', [], 'Whereabouts'],
    ['addresses', [], 'static'],
    ['assign_ipv4', 'true', 'Calico'],
    ['ipv4_pools', ['a'], 'Calico'],
    ['nodeBlokSize', 24, 'is nodeBlockSize meant?'],
    ['pool', 'a', 'is pools meant?'],
    ['gatway', '10.0.0.1', 'is gateway meant?'],
    ['subnets', [], 'is subnet meant?'],
  ])('that ask for addresses otherwise are refused by name: %s', (key, value, says) => {
    const act = () => networkConfig(config({ [key]: value }));
    expect(refusal(act)).toContain(`unsupported-field: network "n": unsupported ipam.${key} = `);
    expect(act).toThrowError(expect.objectContaining({ advice: expect.stringContaining(says) }));
  });

  it('of other plugins are passed over and can be named', () => {
    const ours = config({
      kubernetes: { kubeconfig: '/x' },
      log_file: '/y',
      datastore: 'etcd',
      enable_overlapping_ranges: true,
      constructor: 'what every object has',
    });
    expect(networkConfig(ours).ipam).toEqual({ type: 'ipam-plugin' });
    expect(unreadKeys(ours)).toEqual([
      'kubernetes',
      'log_file',
      'datastore',
      'enable_overlapping_ranges',
      'constructor',
    ]);
  });
});
