import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { silentLog } from '../../telemetry/log.ts';
import { CaBundle } from './ca-bundle.ts';
import { Objects } from './testing/objects.ts';

const of = (collection: string, name: string): string => `/apis/admissionregistration.k8s.io/v1/${collection}/${name}`;
const paths = [
  of('validatingwebhookconfigurations', 'berth-webhook'),
  of('mutatingwebhookconfigurations', 'berth-webhook'),
  of('validatingwebhookconfigurations', 'berth-webhook-pods'),
] as const;

interface Told {
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

async function publish(registered: readonly string[], client: Pick<Objects, 'get' | 'replace'>, objects: Objects) {
  for (const path of registered) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    objects.put(path, { metadata: { name }, webhooks: [{ clientConfig: {} }] });
  }
  await new CaBundle({ client, configurationName: 'berth-webhook', log: silentLog }).publish('PEM');
  const told = await Promise.all(paths.map((path) => objects.get<Told>(path)));
  return told.map((one) => one?.webhooks[0]?.clientConfig.caBundle);
}

const bundle = Buffer.from('PEM').toString('base64');

describe("the authority of the webhook's certificate", () => {
  it('is told to API servers in every configuration that is there', async () => {
    const objects = new Objects();
    expect(await publish(paths, objects, objects)).toEqual([bundle, bundle, bundle]);
  });

  it('needs no configuration for Pods', async () => {
    const objects = new Objects();
    expect(await publish(paths.slice(0, 2), objects, objects)).toEqual([bundle, bundle, undefined]);
  });

  it('is told to the others where the role is of before there was one for Pods', async () => {
    const objects = new Objects();
    const strict = {
      get: async <T>(path: string): Promise<T | undefined> => {
        if (path === paths[2]) throw new IpamError('permission-denied', 'forbidden');
        return objects.get<T>(path);
      },
      replace: objects.replace.bind(objects),
    };
    expect(await publish(paths.slice(0, 2), strict, objects)).toEqual([bundle, bundle, undefined]);
  });
});
