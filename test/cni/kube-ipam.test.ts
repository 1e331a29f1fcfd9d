import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin, root } from '../kit/paths.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { run } from '../kit/run.ts';

/** The compiled executable, and the one for machines without a compiler. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'the compiled executable': [join(bin, 'kube-ipam')],
  'the executable on Node.js': [process.execPath, join(root, 'src/main/cni-plugin.ts')],
};
const environment = { PATH: process.env.PATH ?? '', BERTH_PROGRAM: 'kube-ipam' };

function execute(program: string, options: readonly string[]) {
  const [file = '', ...more] = programs[program] ?? [];
  return run(file, [...more, ...options], { env: environment });
}

describe('kube-ipam', () => {
  it.each([
    ['its version', ['-version'], 0, /^ {2}Version: berth \d+\.\d+\.\d+, in the place of kube-ipam v0\.2\.0\n$/],
    ['its options', ['--help'], 0, /-outputconf string/],
    ['no option that it does not have', ['-outputcnf', 'macvlan'], 2, /^$/],
    ['no configuration without a plugin', ['-outputconf'], 2, /^$/],
    ['no configuration of a plugin that it does not know', ['-outputconf', 'flannel'], 2, /^$/],
  ])('says %s, alike on both', async (_, options, exit, says) => {
    const [compiled, other] = await Promise.all(Object.keys(programs).map((program) => execute(program, options)));
    expect(compiled).toMatchObject({ exit, stdout: expect.stringMatching(says) });
    expect(other).toEqual(compiled);
  });

  it.each(['macvlan', 'ipvlan', 'bridge', 'ptp', 'kube-router', 'calico'])(
    'prints a configuration for %s that is JSON, alike on both',
    async (plugin) => {
      const options = [`-outputconf=${plugin}`];
      const [compiled, other] = await Promise.all(Object.keys(programs).map((program) => execute(program, options)));
      expect(JSON.parse(compiled?.stdout ?? '')).toMatchObject({
        ipam: { type: 'kube-ipam', subnet: '10.188.0.0/16' },
      });
      expect(other).toEqual(compiled);
    },
  );
});

describe.skipIf(needsRoot !== '')(asRoot('kube-ipam called by a runtime'), () => {
  const daemon = new DaemonProcess({});
  beforeAll(() => daemon.start());
  afterAll(() => daemon.remove());

  it.each(Object.keys(programs))('writes what came of it into its log: %s', async (program) => {
    const resolvConf = join(daemon.directory, 'resolv.conf');
    writeFileSync(resolvConf, 'nameserver 192.0.2.53\n');
    const config = (ipam: object) =>
      JSON.stringify({
        cniVersion: '1.0.0',
        name: 'k8snetwork',
        type: 'macvlan',
        ipam: { type: 'kube-ipam', daemonSocket: daemon.socket, subnet: '10.188.0.0/24', resolvConf, ...ipam },
      });
    const line = (programs[program] ?? []).join(' ');
    const cni = `CNI_CONTAINERID=c1 CNI_NETNS=/run/netns/c1 CNI_IFNAME=eth0 CNI_ARGS='K8S_POD_NAME="web"' CNI_PATH=/x`;
    const steps = [
      'mount -t tmpfs tmpfs /var/log',
      `${cni} CNI_COMMAND=ADD ${line} <<<'${config({})}'`,
      `${cni} CNI_COMMAND=CHECK ${line} <<<'${config({})}' || true`,
      `${cni} CNI_COMMAND=DEL ${line} <<<'${config({})}'`,
      `${cni} CNI_COMMAND=ADD ${line} <<<'${config({ resolvConf: '/nowhere' })}' || true`,
      `BERTH_CNI_TIMEOUT_MS=0 ${cni} CNI_COMMAND=ADD ${line} <<<'${config({ daemonSocket: '/nowhere' })}' || true`,
      'echo; cat /var/log/kube-ipam.log; stat -c %a /var/log/kube-ipam.log',
    ];
    const { stdout } = await run('unshare', ['--mount', 'bash', '-ec', steps.join('\n')], { env: environment });
    expect(stdout.slice(0, stdout.indexOf('time='))).toContain('"192.0.2.53"');
    const when = 'time="\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"';
    const of = String.raw`of eth0 in container c1 \(K8S_POD_NAME=\\"web\\"\):`;
    expect(stdout.slice(stdout.indexOf('time='))).toMatch(
      new RegExp(
        [
          `^${when} level=info msg="ADD ${of} \\{ .*10\\.188\\.0\\.\\d+/24.*\\}"`,
          `${when} level=error msg="CHECK ${of} \\{ .*prevResult.*`,
          `${when} level=info msg="DEL ${of}"`,
          `${when} level=error msg="ADD ${of} \\{ .*ipam\\.resolvConf /nowhere cannot be read: .*`,
          `${when} level=error msg="ADD ${of} ipam-daemon does not answer: .*"`,
          '640\n$',
        ].join('\n'),
      ),
    );
  });
});
