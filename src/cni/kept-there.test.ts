import { describe, expect, it } from 'vitest';
import { world } from '../daemon/testing/world.ts';
import type { Log } from '../telemetry/log.ts';
import { silentLog } from '../telemetry/log.ts';
import { createCniHandler } from './handler.ts';
import type { KeptIn } from './kept-there.ts';
import type { CniAnswer, ProgramRun } from './wire.ts';

const network = {
  cniVersion: '1.1.0',
  name: 'k8snetwork',
  type: 'macvlan',
  ipam: {
    type: 'kube-ipam',
    kubeConfig: '/etc/kubernetes/kubeconfig',
    etcdConfig: { etcdURL: 'https://10.0.0.1:2379,https://10.0.0.2:2379' },
    subnet: '10.188.0.0/24',
  },
};

async function handled(keptIn: KeptIn, log: Log = silentLog) {
  const { daemon } = await world('10.0.0.0/24', 28);
  const handle = createCniHandler({ ipam: daemon.ipam, log, readFile: async () => 'nameserver 10.0.0.9\n', keptIn });
  return async (config: object, more: { pod?: boolean; verb?: string; canRead?: boolean; ran?: ProgramRun } = {}) => {
    const { pod = true, verb = 'ADD', canRead = false, ran } = more;
    const environment = new Map([
      ['CNI_COMMAND', verb],
      ['CNI_CONTAINERID', `c${pod}`],
      ['CNI_IFNAME', 'eth0'],
      ['CNI_NETNS', '/run/netns/a'],
      ...(pod ? [['CNI_ARGS', 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web'] as const] : []),
    ]);
    const stdin = Buffer.from(JSON.stringify(config));
    return handle({
      program: 'kube-ipam',
      environment,
      stdin,
      execution: { id: '', interface: 'absent' },
      canRead,
      ran,
    });
  };
}

function said(answer: CniAnswer): string {
  if (answer.type !== 'print') return answer.type;
  if (answer.exit === 0) return 'success';
  const { code, msg, details } = JSON.parse(answer.stdout);
  return `${code} ${msg}; ${details}`;
}

const embedded: KeptIn = { engine: 'embedded', endpoints: undefined, knowsPods: false };

describe('a network that keeps its addresses in an etcd', () => {
  it('has none of a daemon that keeps them by itself, on whichever verb', async () => {
    const call = await handled(embedded);
    const why =
      '7 network "k8snetwork": ipam.etcdConfig keeps addresses in etcd at https://10.0.0.1:2379,https://10.0.0.2:2379, and this daemon keeps its own on this node: another node would give them as well; start ipam-daemon with --etcd-endpoints=https://10.0.0.1:2379,https://10.0.0.2:2379';
    expect(said(await call(network))).toContain(why);
    expect(said(await call(network, { verb: 'STATUS' }))).toContain(why);
    expect(said(await call(network, { verb: 'DEL' }))).toBe('success');
    const { etcdConfig: _, kubeConfig: __, ...local } = network.ipam;
    expect(said(await call({ ...network, ipam: local }))).toBe('success');
  });

  it.each<[string, KeptIn, boolean]>([
    ['of that etcd', { engine: 'etcd', endpoints: ['10.0.0.2:2379'], knowsPods: true }, false],
    ['of another, and says so once', { engine: 'etcd', endpoints: ['10.0.0.3:2379'], knowsPods: true }, true],
    ['of an API server, and says so once', { engine: 'kubernetes', endpoints: undefined, knowsPods: true }, true],
  ])('has them of a daemon %s', async (_, keptIn, isTold) => {
    const lines: string[] = [];
    const log: Log = { ...silentLog, info: (_fields: object, text: string) => void lines.push(text) };
    const call = await handled(keptIn, log);
    expect(said(await call(network))).toBe('success');
    await call(network, { pod: false });
    expect(lines.filter((line) => line.includes('ipam.etcdConfig is not used'))).toHaveLength(isTold ? 1 : 0);
  });

  it('gives a Pod no random address when nobody reads what it asks for', async () => {
    const call = await handled({ engine: 'etcd', endpoints: ['10.0.0.1:2379'], knowsPods: false });
    expect(said(await call(network))).toContain(
      'annotations of Pods are read by ipam.kubeConfig /etc/kubernetes/kubeconfig, and this daemon knows of no Pods; start ipam-daemon with --kubeconfig=/etc/kubernetes/kubeconfig',
    );
    expect(said(await call(network, { pod: false }))).toBe('success');
  });
});

describe('the file of resolvConf', () => {
  const config = { ...network, ipam: { type: 'kube-ipam', subnet: '10.188.0.0/24', resolvConf: '/etc/resolv.conf' } };
  const read = (exit: number, text: string) => ({ step: 'resolvConf', exit, stdout: Buffer.from(text) });
  const dnsOf = (answer: CniAnswer) => (answer.type === 'print' ? JSON.parse(answer.stdout).dns : answer.type);

  it('is read where the runtime called, when the executable can, for ADD and STATUS', async () => {
    const call = await handled(embedded);
    for (const verb of ['ADD', 'STATUS']) {
      const answer = await call(config, { verb, canRead: true });
      expect(answer).toEqual({ type: 'read', path: '/etc/resolv.conf', step: 'resolvConf' });
    }
    const ran = read(0, 'search a b\nnameserver 192.0.2.53\n');
    expect(dnsOf(await call(config, { canRead: true, ran }))).toEqual({
      nameservers: ['192.0.2.53'],
      search: ['a', 'b'],
    });
    expect(said(await call(config, { verb: 'STATUS', canRead: true, ran }))).toBe('success');
  });

  it('is read by the daemon for an executable of an earlier version', async () => {
    expect(dnsOf(await (await handled(embedded))(config))).toEqual({ nameservers: ['10.0.0.9'] });
  });

  it('ends an ADD that cannot have it, before an address is given', async () => {
    const call = await handled(embedded);
    const ran = read(1, 'No such file or directory');
    expect(said(await call(config, { canRead: true, ran }))).toContain(
      '5 ipam.resolvConf /etc/resolv.conf cannot be read: No such file or directory',
    );
    expect(said(await call({ ...config, ipam: { ...config.ipam, subnet: '10.188.0.0/30' } }))).toBe('success');
  });
});
