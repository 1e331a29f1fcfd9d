import { describe, expect, it } from 'vitest';
import { world } from '../daemon/testing/world.ts';
import { silentLog } from '../telemetry/log.ts';
import { createCniHandler } from './handler.ts';
import { type HostLocalCase, hostLocalCases, type Outcome, resolvConfText } from './testing/host-local-cases.ts';

/** The configuration's ADD, the first of its network, on a daemon that knows no pool. */
async function add({ cniVersion = '1.0.0', ipam, more = {}, args = '' }: HostLocalCase): Promise<Outcome> {
  const { daemon } = await world('', 28);
  const handle = createCniHandler({ ipam: daemon.ipam, log: silentLog, readFile: async () => resolvConfText });
  const section = 'resolvConf' in ipam && ipam.resolvConf === true ? { ...ipam, resolvConf: '/etc/resolv.conf' } : ipam;
  const config = { cniVersion, name: 'mynet', type: 'ipvlan', ipam: { type: 'ipam-plugin', ...section }, ...more };
  const answer = await handle({
    program: 'ipam-plugin',
    environment: new Map([
      ['CNI_COMMAND', 'ADD'],
      ['CNI_CONTAINERID', 'dummy'],
      ['CNI_IFNAME', 'eth0'],
      ['CNI_NETNS', '/var/run/netns/none'],
      ['CNI_ARGS', args],
    ]),
    stdin: Buffer.from(JSON.stringify(config)),
    execution: { id: 'x', interface: 'absent' },
    canRead: false,
    ran: undefined,
  });
  if (answer.type !== 'print') throw new Error('an IPAM plugin runs nothing');
  return outcomeOf(JSON.parse(answer.stdout));
}

interface Printed {
  readonly msg?: string;
  readonly ips?: readonly { readonly address: string; readonly gateway?: string }[];
  readonly ip4?: { readonly ip: string; readonly gateway?: string };
  readonly ip6?: { readonly ip: string; readonly gateway?: string };
  readonly routes?: readonly object[];
  readonly dns?: object;
}

function outcomeOf({ msg, ips, ip4, ip6, routes = [], dns = {} }: Printed): Outcome {
  if (msg !== undefined) return { refused: msg };
  const early = [ip4, ip6].flatMap((one) => (one === undefined ? [] : [{ address: one.ip, gateway: one.gateway }]));
  return {
    ips: (ips ?? early).map(({ address, gateway }) => (gateway === undefined ? address : `${address} via ${gateway}`)),
    ...(routes.length === 0 ? {} : { routes }),
    ...(Object.keys(dns).length === 0 ? {} : { dns }),
  };
}

describe("a configuration of host-local's", () => {
  it.each(hostLocalCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const { because: _, ...expected } = { because: '', ...(one.ours ?? one.hostLocal) };
    const outcome = await add(one);
    if (expected.refused === undefined) expect(outcome).toEqual(expected);
    else if (one.ours === undefined) expect(outcome.refused, JSON.stringify(outcome)).toBeDefined();
    else expect(outcome.refused).toContain(expected.refused);
  });
});
