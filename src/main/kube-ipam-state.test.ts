import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DaemonFlags, daemonConfig, readDaemonSettings } from '../config/daemon-config.ts';
import { withKubeIpamState } from './kube-ipam-state.ts';

/** Of kube-ipam's README, comma and all. */
const published = `{
        "cniVersion":"0.3.1",
        "name": "k8snetwork",
        "type": "macvlan",
        "master": "eth1",
        "ipam": {
                "name": "kube-subnet",
                "type": "kube-ipam",
		"kubeConfig": "/etc/kubernetes/pki/kubectl.kubeconfig"
                "etcdConfig": {
                        "etcdURL": "https://192.168.1.50:2379,https://192.168.1.58:2379",
                        "etcdCertFile": "/etc/kubernetes/pki/etcd.pem",
                        "etcdKeyFile": "/etc/kubernetes/pki/etcd-key.pem",
                        "etcdTrustedCAFileFile": "/etc/kubernetes/pki/ca.pem"
                },
                "subnet": "10.188.0.0/16"
        }
}
`;
const mended = published.replace('kubeconfig"\n', 'kubeconfig",\n');

describe("what kube-ipam's network configuration says of state", () => {
  let work = '';
  const write = (name: string, text: string) => writeFileSync(join(work, 'net.d', name), text);
  const told = (flags: DaemonFlags = {}) => {
    const folders = { cniConfDir: join(work, 'net.d'), dataDir: join(work, 'data') };
    return withKubeIpamState(
      daemonConfig(readDaemonSettings('', 'configuration', { ...folders, ...flags })(), 'node1'),
    );
  };

  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'berth-kube-ipam-'));
    mkdirSync(join(work, 'net.d'));
  });
  afterEach(() => rmSync(work, { recursive: true }));

  it('is believed when nothing else names an engine', () => {
    write('1-kube-ipam.conf', mended);
    const { config, notes } = told();
    expect(config).toMatchObject({
      engine: 'etcd',
      kubeconfig: '/etc/kubernetes/pki/kubectl.kubeconfig',
      etcd: {
        endpoints: ['https://192.168.1.50:2379', 'https://192.168.1.58:2379'],
        tls: {
          caFile: '/etc/kubernetes/pki/ca.pem',
          certFile: '/etc/kubernetes/pki/etcd.pem',
          keyFile: '/etc/kubernetes/pki/etcd-key.pem',
        },
      },
    });
    expect(notes).toEqual([
      `state is kept where ${join(work, 'net.d/1-kube-ipam.conf')} says: in etcd at https://192.168.1.50:2379, https://192.168.1.58:2379`,
    ]);
  });

  it('has no certificates where etcd is asked without TLS, as with kube-ipam', () => {
    write('1-kube-ipam.conf', mended.replaceAll('https://', 'http://'));
    expect(told().config.etcd).toMatchObject({
      endpoints: ['http://192.168.1.50:2379', 'http://192.168.1.58:2379'],
      tls: {},
    });
  });

  it("is found among the plugins of a list, and among Multus' other files", () => {
    const { name: _, cniVersion: __, ...plugin } = JSON.parse(mended);
    write(
      '20-list.conflist',
      JSON.stringify({ cniVersion: '0.3.1', name: 'n', plugins: [plugin, { type: 'portmap' }] }),
    );
    write('00-multus.conf', '{"cniVersion":"0.3.1","name":"multus","type":"multus"}');
    expect(told().config.engine).toBe('etcd');
  });

  it('is refused with line and column where its comma is missing, as in its README; other files are passed over', () => {
    write('0-broken.conf', '{"name": "other",}');
    expect(told()).toMatchObject({ config: { engine: 'embedded' }, notes: [] });
    write('1-kube-ipam.conf', published);
    expect(() => told()).toThrow(
      `${join(work, 'net.d/1-kube-ipam.conf')}: not JSON: line 10, column 17: a comma is missing before "etcdConfig"`,
    );
  });

  it("is refused where it breaks a rule, and another plugin's is none of its business", () => {
    write(
      '2-other.conf',
      '{"cniVersion":"1.0.0","name":"w","type":"macvlan","ipam":{"type":"whereabouts","range":"10.1.0.0/24"}}',
    );
    expect(told().config.engine).toBe('embedded');
    write('1-kube-ipam.conf', mended.replace('"etcdURL"', '"etcdUrls"'));
    expect(() => told()).toThrow('network "k8snetwork": ipam.etcdConfig.etcdURL is missing');
  });

  it.each<[string, DaemonFlags]>([
    ['an engine that is named', { storeEngine: 'embedded' }],
    ['another etcd', { etcdEndpoints: '10.0.0.1:2379' }],
    ['members of our own', { bootstrap: true, bindAddr: '10.0.0.1:7000' }],
  ])('stands back behind %s', (_, flags) => {
    write('1-kube-ipam.conf', mended);
    const { config, notes } = told(flags);
    expect([config.etcd?.endpoints.includes('https://192.168.1.50:2379') ?? false, notes]).toEqual([false, []]);
  });

  it('moves no state of a daemon that has some', () => {
    write('1-kube-ipam.conf', mended);
    mkdirSync(join(work, 'data/store'), { recursive: true });
    const { config, notes } = told();
    expect(config.engine).toBe('embedded');
    expect(notes[0]).toMatch(/names etcd, but this daemon has kept state in .* and goes on so; name --store-engine/);
  });

  it('is believed of whichever network says it, and the kubeconfig of whichever names one', () => {
    const { ipam, ...network } = JSON.parse(mended);
    const { etcdConfig, kubeConfig: _, ...rest } = ipam;
    write('0-silent.conf', JSON.stringify({ ...network, name: 'silent', ipam: rest }));
    write('1-etcd.conf', JSON.stringify({ ...network, name: 'etcd', ipam: { ...rest, etcdConfig } }));
    write('2-pods.conf', JSON.stringify({ ...network, name: 'pods', ipam: { ...rest, kubeConfig: '/etc/pods' } }));
    const { config, notes } = told();
    expect(config).toMatchObject({ engine: 'etcd', kubeconfig: '/etc/pods' });
    expect(config.etcd?.endpoints).toEqual(['https://192.168.1.50:2379', 'https://192.168.1.58:2379']);
    expect(notes[0]).toContain('1-etcd.conf says: in etcd at');
  });

  it('is refused where two networks name different places', () => {
    write('1-kube-ipam.conf', mended);
    write('2-other.conf', mended.replace('k8snetwork', 'other').replace('192.168.1.50', '192.168.1.51'));
    expect(() => told()).toThrow(/1-kube-ipam\.conf and .*2-other\.conf name different ipam\.etcdConfig/);
  });

  it('is nothing where there is no such network, nor a folder', () => {
    write(
      '10-other.conf',
      '{"cniVersion":"1.0.0","name":"n","type":"ptp","ipam":{"type":"host-local","subnet":"10.9.0.0/24"}}',
    );
    expect(told()).toMatchObject({ config: { engine: 'embedded' }, notes: [] });
    expect(told({ cniConfDir: join(work, 'nowhere') }).notes).toEqual([]);
  });
});
