import { describe, expect, it } from 'vitest';
import { codeOf } from '../resources/testing/refusal.ts';
import { lldpNeighbours, torAmong } from './lldp.ts';
import { loadTopology } from './load.ts';

const id = { type: 'mac', value: '00:11:22:33:44:55' };
const port = { id: { type: 'ifname', value: 'Ethernet7' }, ttl: '120' };
const text = (value: unknown) => JSON.stringify(value);

describe('what lldpctl prints', () => {
  it.each<[string, unknown, readonly string[]]>([
    [
      'of one interface (json)',
      { lldp: { interface: { eth0: { via: 'LLDP', chassis: { 'tor-1.dc.example': { id } }, port } } } },
      ['eth0 tor-1.dc.example'],
    ],
    [
      'of several interfaces (json)',
      {
        lldp: {
          interface: [
            { eth0: { chassis: { 'tor-1': { id } }, port } },
            { eth1: { chassis: { 'tor-2': { id } }, port } },
          ],
        },
      },
      ['eth0 tor-1', 'eth1 tor-2'],
    ],
    [
      'of a switch that says no name (json)',
      { lldp: { interface: { eth0: { chassis: { id, 'mgmt-ip': '10.0.0.1' }, port } } } },
      [],
    ],
    [
      'throughout in lists (json0)',
      {
        lldp: [
          {
            interface: [
              { name: 'eth0', via: 'LLDP', chassis: [{ id: [id], name: [{ value: 'tor-1' }] }], port: [port] },
              { name: 'eth1', via: 'LLDP', chassis: [{ id: [id] }], port: [port] },
            ],
          },
        ],
      },
      ['eth0 tor-1'],
    ],
    ['where nobody was heard (json)', { lldp: {} }, []],
    ['where nobody was heard (json0)', { lldp: [{}] }, []],
  ])('%s', (_, printed, found) => {
    const neighbours = lldpNeighbours(text(printed), 'lldp.json');
    expect(neighbours.map((one) => `${one.interface} ${one.system}`)).toEqual(found);
  });

  it.each([
    ['half a file', '{"lldp":'],
    ['another file', '{"zones":[]}'],
    ['no object', '7'],
    ['nothing', ''],
  ])('is refused when it is %s', async (_, printed) => {
    expect(await codeOf(Promise.resolve().then(() => lldpNeighbours(printed, 'lldp.json')))).toBe('invalid-config');
  });
});

describe('the switch that a machine is connected to', () => {
  const { topology } = loadTopology(
    'zones: [{id: a, pods: [{id: p, tors: [{id: tor-1, name: Rack A-7}, {id: tor-2}]}]}]',
    'dc.yaml',
  );
  const among = (...systems: string[]) =>
    torAmong(
      systems.map((system) => ({ interface: 'eth0', system })),
      topology,
    );

  it.each([
    ['by its id', ['tor-2'], 'tor-2'],
    ['by its domain name', ['TOR-2.dc.example'], 'tor-2'],
    ['by its name', ['rack a-7'], 'tor-1'],
    ['the first that is one', ['hypervisor', 'tor-2', 'tor-1'], 'tor-2'],
    ['none', ['spine-1', ''], undefined],
  ])('is known %s', (_, systems, tor) => {
    expect(among(...systems)).toBe(tor);
  });

  it('is not known without a topology', () => {
    expect(torAmong([{ interface: 'eth0', system: 'tor-1' }], undefined)).toBeUndefined();
  });
});
