import { describe, expect, it } from 'vitest';
import type { PlaceFill__Output } from '../api/generated/ipam/PlaceFill.ts';
import type { Output } from './output.ts';
import { planText } from './topology-plan.ts';
import { placeData, showPlaces } from './topology-tree.ts';

const printed: string[] = [];
const output: Output = { format: 'table', colour: false, print: (text) => void printed.push(text) };
const place = (level: string, id: string, more: Partial<PlaceFill__Output> = {}): PlaceFill__Output => ({
  ...{ level, id, name: id, location: '', fills: [], subnets: [], nodes: 0, children: [] },
  ...more,
});
const fill = (used: string, total: string, unknown = '0', family = 4) => ({ family, total, used, unknown });

describe('a topology at a prompt', () => {
  it('is a tree of places and their subnets, with what is used of each, and what nobody knows', () => {
    const subnet = (cidr: string, purpose: string) => ({ cidr, purpose, pool: '', fill: fill('1', '254') });
    const tor1 = place('tor', 'tor-1', {
      name: 'R01',
      location: 'Rack 01',
      nodes: 3,
      subnets: [subnet('10.0.0.0/24', 'default')],
    });
    const tor2 = place('tor', 'tor-2', { fills: [fill('0', '254', '16'), fill('0', '18446744073709551616', '0', 6)] });
    const pod = place('pod', 'pod-1', { subnets: [subnet('10.0.9.0/24', 'storage')], children: [tor1, tor2] });
    printed.length = 0;
    showPlaces(output, [place('zone', 'zone-a', { children: [pod, place('pod', 'pod-2')] })]);
    expect(
      printed
        .join('')
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual([
      'PLACE                  NAME           NODES   USED',
      'zone zone-a                           0',
      '├─ pod pod-1                          0',
      '│  ├─ 10.0.9.0/24      storage                1 of 254',
      '│  ├─ TOR tor-1        R01, Rack 01   3',
      '│  │  └─ 10.0.0.0/24   default                1 of 254',
      '│  └─ TOR tor-2                       0       0 of 254 (16 unknown), 0 of 18446744073709551616',
      '└─ pod pod-2                          0',
      '',
    ]);
    expect(placeData(tor2)).toMatchObject({
      fills: [
        { family: 4, total: 254, used: 0, unknown: 16 },
        { family: 6, total: '18446744073709551616' },
      ],
    });
  });

  it('is planned in words: what changes, how large tables become, what is refused and what to do', () => {
    const route = (level: string, aggregated: number, by_subnet: number) => ({ level, aggregated, by_subnet });
    const change = (change: string, cidr: string, before: string, after: string) => ({
      ...{ change, cidr, before, after, is_subnet: true, place: 'TOR "tor-1"' },
    });
    const text = planText(output, {
      changes: [
        change('appears', '10.0.0.0/24', '', 'default'),
        change('changes', '10.0.1.0/24', 'default', 'storage, vlan 7'),
        change('moves', '10.0.2.0/24', 'TOR "tor-2"', 'TOR "tor-1"'),
        { ...change('vanishes', '10.0.0.0/16', '', ''), is_subnet: false },
      ],
      refusals: [{ cidr: '10.0.2.0/24', message: 'it would move', advice: 'leave it' }],
      routes_before: [route('tor', 3, 3)],
      routes_after: [route('zone', 1, 4), route('tor', 4, 4)],
    });
    expect(text.split('\n').map((line) => line.trimEnd())).toEqual([
      'CHANGE     PREFIX        PLACE         WHAT',
      'appears    10.0.0.0/24   TOR "tor-1"   subnet for default',
      'changes    10.0.1.0/24   TOR "tor-1"   default becomes storage, vlan 7',
      'moves      10.0.2.0/24   TOR "tor-1"   was in TOR "tor-2"',
      'vanishes   10.0.0.0/16   TOR "tor-1"   what the place takes its own from',
      '',
      'ROUTES OF A   AGGREGATED   BY SUBNET',
      'zone          1            4',
      'TOR           3 -> 4       3 -> 4',
      '',
      'refused, for one reason:',
      '  it would move',
      '    hint: leave it',
      '',
    ]);
  });
});
