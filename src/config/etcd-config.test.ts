import { describe, expect, it } from 'vitest';
import { daemonConfig, readDaemonSettings } from './daemon-config.ts';

const config = (text: string, flags = {}) => daemonConfig(readDaemonSettings(text, 'daemon.yaml', flags)(), 'node1');

describe('store.etcd', () => {
  it.each([
    ['a list', 'store: { etcd: { endpoints: [a:1, "unix:/b"] } }', {}, ['a:1', 'unix:/b']],
    ['a text with commas', 'store: { engine: etcd, etcd: { endpoints: "a:1, b:2" } }', {}, ['a:1', 'b:2']],
    ['a flag, which wins', 'store: { etcd: { endpoints: [a:1] } }', { etcdEndpoints: 'c:3,d:4' }, ['c:3', 'd:4']],
  ])('names members by %s, and is an engine by itself', (_, text, flags, endpoints) => {
    expect(config(text, flags)).toMatchObject({ engine: 'etcd', etcd: { endpoints } });
  });

  it('takes files and a prefix from flags beside the file', () => {
    const { etcd } = config('store: { etcd: { endpoints: [a:1], caFile: /ca } }', {
      etcdCertFile: '/cert',
      etcdKeyFile: '/key',
      etcdPrefix: '/ours',
    });
    expect(etcd).toEqual({
      endpoints: ['a:1'],
      tls: { caFile: '/ca', certFile: '/cert', keyFile: '/key' },
      prefix: '/ours',
    });
  });

  it.each([
    ['store: { engine: etcd }', {}, /where etcd is/],
    ['store: { etcd: { caFile: /ca } }', {}, /where etcd is/],
    ['store: { engine: embedded, etcd: { endpoints: [a:1] } }', {}, /it is embedded/],
    ['store: { etcd: { endpoints: [a:1] } }', { bootstrap: true }, /members of our own/],
    ['store: { etcd: { endpoints: [a:1], certFile: /cert } }', {}, /go together/],
    ['store: { etcd: { endpoints: [] } }', {}, /endpoints/],
  ])('is refused in %s', (text, flags, message) => {
    expect(() => config(text, flags)).toThrow(message);
  });
});
