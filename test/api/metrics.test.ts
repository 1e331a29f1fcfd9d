import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { ControllerMetrics } from '../../src/controller/metrics.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess, httpText } from '../kit/daemon-process.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';
import { freePort } from '../kit/free-port.ts';
import { type Finished, run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { registriesOfAll } from '../monitoring/known-metrics.ts';

/** The linter of those who will read them. */
const promtool = (text: string): Promise<Finished> => run('promtool', ['check', 'metrics'], { stdin: text });
const clean = { exit: 0, stdout: '', stderr: '' };

describe('the metrics of a daemon', () => {
  let port = 0;
  let daemon: DaemonProcess;

  beforeAll(async () => {
    port = await freePort();
    daemon = new DaemonProcess({ args: ['--metrics-addr', `127.0.0.1:${port}`] });
    await daemon.start();
    const configuration = {
      cniVersion: '1.0.0',
      name: 'net',
      ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket },
    };
    for (const command of ['ADD', 'DEL', 'STATUS']) {
      await cni('ipam-plugin', configuration, { command, containerId: 'c1', netns: '/tmp' });
    }
    await daemon.cli('allocate', 'node2');
  });
  afterAll(() => daemon?.remove());

  it('are as promtool wants them', async () => {
    expect(await promtool(await httpText(daemon.socket, '/metrics'))).toMatchObject(clean);
  });

  it('come compressed to who asks for it', async () => {
    const asked = get({ host: '127.0.0.1', port, path: '/metrics', headers: { 'accept-encoding': 'gzip' } });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect(answer.headers['content-encoding']).toBe('gzip');
    const compressed = await buffer(answer);
    const text = gunzipSync(compressed).toString();
    expect(text).toMatch(/^ipam_ip_allocations_total 2$/m);
    expect(compressed.length * 3).toBeLessThan(text.length);
  });
});

describe('the metrics of programs that a machine alone does not run', () => {
  it.each(['daemon and member', 'controller'])('are as promtool wants them, of a %s', async (program) => {
    const [daemon, controller] = registriesOfAll();
    const registry = program === 'controller' ? controller : daemon;
    expect(await promtool((await registry?.metrics()) ?? '')).toMatchObject(clean);
  });

  it('are as promtool wants them, of a controller that speaks for the pools', async () => {
    const { body } = await new ControllerMetrics('1.2.3').scrape({ pool: 1 }, []);
    expect(await promtool(body)).toMatchObject(clean);
  });
});

describe('daemons that share an etcd', () => {
  let etcd: EtcdCluster;
  let daemons: readonly DaemonProcess[] = [];

  beforeAll(async () => {
    etcd = await startEtcd();
    const args = ['--etcd-endpoints', etcd.endpoints.join(',')];
    daemons = ['b', 'a', 'c'].map((node) => new DaemonProcess({ node, clusterCidr: '10.40.0.0/16', args }));
    await Promise.all(daemons.map((daemon) => daemon.start()));
    for (const [n, daemon] of daemons.entries()) {
      const client = openClient(daemon.socket, 60_000);
      await client.call('AllocateIP', { node_id: `node-${n}`, container_id: `c${n}` });
      client.close();
    }
  });
  afterAll(async () => {
    for (const daemon of daemons) await daemon.remove();
    await etcd?.dispose();
  });

  const text = (daemon: DaemonProcess) => httpText(daemon.socket, '/metrics');
  const speakers = async (among: readonly DaemonProcess[]): Promise<number> => {
    const texts = await Promise.all(among.map(text));
    return texts.filter((one) => one.includes('ipam_pool_ips{pool="cluster-ipv4"')).length;
  };

  it('show each its own addresses', async () => {
    for (const [n, daemon] of daemons.entries()) {
      const used = (await text(daemon)).match(/^ipam_used_ips\{.*$/gm);
      expect(used).toEqual([`ipam_used_ips{node="node-${n}",pool="cluster-ipv4",family="4"} 1`]);
    }
  });

  it('have one of them show the pools, and another when it is gone', async () => {
    await waitFor('one to speak', async () => ((await speakers(daemons)) === 1 ? true : undefined));
    const speaker = daemons[1] as DaemonProcess;
    expect(await speakers([speaker])).toBe(1);
    expect(await text(speaker)).toMatch(
      new RegExp(`^ipam_pool_ips\\{pool="cluster-ipv4",family="4",state="leased"\\} ${3 * 253}$`, 'm'),
    );
    await speaker.stop();
    const left = daemons.filter((daemon) => daemon !== speaker);
    await waitFor('another to speak', async () => ((await speakers(left)) === 1 ? true : undefined));
  });
});
