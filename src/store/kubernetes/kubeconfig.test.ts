import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type ErrorCode, isIpamError } from '../../resources/errors.ts';
import { Access } from './access.ts';
import { inClusterAccess } from './in-cluster.ts';
import { kubeconfigAccess } from './kubeconfig.ts';

const directory = mkdtempSync(join(tmpdir(), 'berth-kubeconfig-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => vi.useRealTimers());

const file = (text: string): string => {
  const path = join(directory, 'config');
  writeFileSync(path, text);
  return path;
};

const kubeconfig = (user: string, cluster = 'server: https://a.example:6443'): string =>
  file(`
apiVersion: v1
kind: Config
preferences: {}
current-context: one
clusters: [{ name: c, cluster: { ${cluster} } }]
users: [{ name: u, user: { ${user} } }]
contexts:
- { name: one, context: { cluster: c, user: u } }
- { name: two, context: { cluster: c, user: u, namespace: ours } }
`);

describe('a kubeconfig', () => {
  it('names files relative to itself', () => {
    expect(kubeconfigAccess(kubeconfig('client-certificate: a.crt, client-key: /b/a.key'))).toEqual({
      server: 'https://a.example:6443',
      cert: { file: join(directory, 'a.crt') },
      key: { file: '/b/a.key' },
    });
  });

  it('may be used in another context than its current one', () => {
    expect(kubeconfigAccess(kubeconfig('token: t'), 'two')).toMatchObject({ namespace: 'ours', token: { text: 't' } });
  });

  it.each<[string, () => string, string | undefined, ErrorCode, string]>([
    ['without the context', () => kubeconfig(''), 'three', 'invalid-config', 'no context is named "three"'],
    ['with a password', () => kubeconfig('username: a'), undefined, 'unsupported', 'username'],
    [
      'with a proxy',
      () => kubeconfig('', 'server: https://a, proxy-url: http://b'),
      undefined,
      'unsupported',
      'proxy-url',
    ],
    ['that is none', () => file('[]'), undefined, 'invalid-config', 'config'],
    ['that is not there', () => join(directory, 'absent'), undefined, 'invalid-config', 'absent'],
  ])('%s is refused', (_, path, context, code, message) => {
    expect(() => kubeconfigAccess(path(), context)).toThrow(
      expect.toSatisfy((error: unknown) => isIpamError(error, code) && error.message.includes(message)),
    );
  });
});

describe('access of a Pod', () => {
  it('goes to IPv6 as well', () => {
    const { server } = inClusterAccess({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' });
    expect(server).toBe('https://[fd00::1]:443');
  });

  it('is not there outside of one', () => {
    expect(() => inClusterAccess({})).toThrow(
      expect.toSatisfy((error: unknown) => isIpamError(error, 'invalid-config')),
    );
  });
});

describe('a token in a file', () => {
  afterEach(() => void vi.useRealTimers());

  it('is read again after ten seconds, or when it was refused', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const token = join(directory, 'token');
    writeFileSync(token, 'first\n');
    const access = new Access({ server: 'https://a', token: { file: token } });
    const first = await access.current();
    expect(first.token).toBe('first');
    writeFileSync(token, 'second\n');
    expect(await access.current()).toBe(first);
    vi.setSystemTime(Date.now() + 10_001);
    expect((await access.current()).token).toBe('second');
    writeFileSync(token, 'third\n');
    access.renew();
    expect((await access.current()).token).toBe('third');
    rmSync(token);
    access.renew();
    await expect(access.current()).rejects.toSatisfy((error) => isIpamError(error, 'permission-denied'));
  });
});
