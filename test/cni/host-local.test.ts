import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type HostLocalCase,
  hostLocalCases,
  type Outcome,
  resolvConfText,
} from '../../src/cni/testing/host-local-cases.ts';
import { cni } from '../kit/cni.ts';
import { referencePlugins } from '../kit/paths.ts';

/** What src/cni/host-local.test.ts compares us with is what the program does. */
describe('host-local itself', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-host-local-'));
  const resolvConf = join(directory, 'resolv.conf');

  beforeAll(() => writeFileSync(resolvConf, resolvConfText));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function add({ name, cniVersion = '1.0.0', ipam, more = {}, args }: HostLocalCase): Promise<Outcome> {
    const file = 'resolvConf' in ipam && ipam.resolvConf === true ? { resolvConf } : {};
    const dataDir = join(directory, name.replaceAll(/\W/g, '-'));
    const section = { type: 'host-local', dataDir, ...ipam, ...file };
    const { json } = await cni(
      `${referencePlugins}/host-local`,
      { cniVersion, name: 'mynet', type: 'ipvlan', ipam: section, ...more },
      { command: 'ADD', containerId: 'dummy', netns: '/var/run/netns/none', ...(args === undefined ? {} : { args }) },
    );
    if (json.code !== undefined) return { refused: json.msg ?? '' };
    const early = [json.ip4, json.ip6].flatMap((one) => (one === undefined ? [] : [{ ...one, address: one.ip }]));
    return {
      ips: (json.ips ?? early).map(({ address, gateway }) => `${address} via ${gateway}`),
      ...(json.routes === undefined ? {} : { routes: json.routes }),
      ...(Object.keys(json.dns ?? {}).length === 0 ? {} : { dns: json.dns ?? {} }),
    };
  }

  it.each(hostLocalCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const outcome = await add(one);
    // Its messages name the addresses that are left over in any order.
    if (one.hostLocal.refused === undefined) expect(outcome).toEqual(one.hostLocal);
    else expect(outcome.refused).toBeDefined();
  });
});
