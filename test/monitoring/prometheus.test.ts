import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isAlert } from '../../scripts/monitoring/rule.ts';
import { groups } from '../../scripts/monitoring/rules.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { root } from '../kit/paths.ts';
import { PrometheusProcess } from '../kit/prometheus.ts';
import { waitFor } from '../kit/wait.ts';
import { writePool } from '../kit/write-pool.ts';

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly { readonly for?: string }[] }[];
}

/** The rules as they are delivered, but that nothing has to last. */
function impatient(text: string): string {
  const file = parse(text) as RuleFile;
  const atOnce = file.groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => (rule.for === undefined ? rule : { ...rule, for: '0s' })),
  }));
  return JSON.stringify({ groups: atOnce });
}

describe('a Prometheus that scrapes a daemon and has the rules', () => {
  const prometheus = new PrometheusProcess();
  let daemon: DaemonProcess;
  const attachment = (n: number) => ({
    configuration: {
      ...{ cniVersion: '1.0.0', name: 'desks' },
      ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, pools: ['desk'] },
    },
    call: { containerId: `c${n}`, netns: '/tmp' },
  });
  const add = async (n: number) => {
    const { configuration, call } = attachment(n);
    return (await cni('ipam-plugin', configuration, { ...call, command: 'ADD' })).exit;
  };
  const del = async (n: number) => {
    const { configuration, call } = attachment(n);
    return (await cni('ipam-plugin', configuration, { ...call, command: 'DEL' })).exit;
  };
  const firing = async () => (await prometheus.alerts()).map(({ labels }) => labels.alertname ?? '').toSorted();
  const usage = async () => (await prometheus.query('berth:pool_usage:ratio{pool="desk"}'))[0]?.value;

  beforeAll(async () => {
    const port = await freePort();
    daemon = new DaemonProcess({ args: ['--metrics-addr', `127.0.0.1:${port}`] });
    await daemon.start();
    await writePool(daemon, 'desk', { subnet: '10.84.0.0/29', ips: ['10.84.0.2-10.84.0.5'], gateway: '10.84.0.1' });
    await prometheus.start({
      files: { 'rules.yaml': impatient(readFileSync(join(root, 'deploy/monitoring/rules.yaml'), 'utf8')) },
      config: {
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: ['rules.yaml'],
        scrape_configs: [{ job_name: 'ipam-daemon', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
      },
    });
  });
  afterAll(async () => {
    await prometheus.remove();
    await daemon?.remove();
  });

  it('reads what the daemon shows, and can go by every rule', async () => {
    await waitFor('a scrape', async () => {
      const [target] = await prometheus.targets();
      return target?.health === 'up' || undefined;
    });
    const rules = await waitFor('each rule to be evaluated', async () => {
      const loaded = await prometheus.rules();
      return loaded.every(({ health }) => health !== 'unknown') ? loaded : undefined;
    });
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules.map(({ name }) => name).toSorted()).toEqual(
      groups.flatMap((group) => group.rules.map((rule) => (isAlert(rule) ? rule.alert : rule.record))).toSorted(),
    );
  });

  it('reads it as OpenMetrics, where a counter is described without its ending', async () => {
    expect(await prometheus.typesOf('ipam_ip_allocations')).toEqual(['counter']);
  });

  it('is silent while there is room', async () => {
    expect(await add(1)).toBe(0);
    await waitFor('one of four addresses to be seen as out', async () => (await usage()) === 0.25 || undefined);
    expect(await firing()).toEqual([]);
  });

  it('says that a pool is nearly full, and then that it is full', async () => {
    for (const n of [2, 3]) expect(await add(n)).toBe(0);
    await waitFor('three of four', async () => (await firing()).includes('BerthPoolAbove75Percent') || undefined);
    expect(await firing()).toEqual(['BerthPoolAbove75Percent']);
    expect((await prometheus.alerts())[0]).toMatchObject({
      state: 'firing',
      labels: { pool: 'desk', family: '4', severity: 'info' },
      annotations: { summary: 'Pool desk (IPv4) is 75% out', runbook: 'docs/runbooks.md#berthpoolabove75percent' },
    });
    expect(await add(4)).toBe(0);
    await waitFor('all four', async () => (await firing()).includes('BerthPoolExhausted') || undefined);
  });

  it('says what is refused, and is silent again when addresses have come back', async () => {
    // A counter that begins with its first refusal has grown by nothing yet.
    await waitFor('refusals to be seen', async () => {
      expect(await add(5)).not.toBe(0);
      return (await firing()).includes('BerthAllocationErrors') || undefined;
    });
    for (const n of [2, 3, 4]) expect(await del(n)).toBe(0);
    const ofPools = async () => (await firing()).filter((name) => name.startsWith('BerthPool'));
    await waitFor('the pool to have room', async () => (await ofPools()).length === 0 || undefined);
  });
});
