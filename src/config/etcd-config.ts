import { z } from 'zod';
import { IpamError } from '../resources/errors.ts';
import { path } from './config-values.ts';
import { settings, type Values } from './setting.ts';

const list = z.array(z.string().min(1)).min(1);
/** A list, or one text with commas. */
const endpoints = z.union(
  [
    z
      .string()
      .transform((text) => text.split(',').map((one) => one.trim()))
      .pipe(list),
    list,
  ],
  'not a list of addresses; write for example [10.0.0.1:2379], or one text with commas',
);

/** `store.etcd`: an etcd that somebody else runs. */
export const etcdSettings = settings({
  etcdEndpoints: {
    key: 'store.etcd.endpoints',
    flag: 'etcd-endpoints',
    argument: '<list>',
    schema: endpoints,
    help: 'an etcd to keep state in: host:port, https://host:port or unix:/path, comma-separated',
    more: '[How](etcd.md).',
  },
  etcdCaFile: {
    key: 'store.etcd.caFile',
    flag: 'etcd-ca-file',
    argument: '<file>',
    schema: path,
    help: "authority of etcd's certificates",
  },
  etcdCertFile: {
    key: 'store.etcd.certFile',
    flag: 'etcd-cert-file',
    argument: '<file>',
    schema: path,
    help: 'certificate to show to etcd',
  },
  etcdKeyFile: {
    key: 'store.etcd.keyFile',
    flag: 'etcd-key-file',
    argument: '<file>',
    schema: path,
    help: 'its key',
  },
  etcdPrefix: {
    key: 'store.etcd.prefix',
    flag: 'etcd-prefix',
    argument: '<prefix>',
    schema: z.string(),
    usual: '/berth/v1',
    help: 'what our keys in etcd begin with',
  },
});

export interface EtcdConfig {
  /** `host:port`, `http://…`, `https://…` or `unix:/path`. */
  readonly endpoints: readonly string[];
  readonly tls: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  /** What all keys begin with; undefined: the usual. */
  readonly prefix: string | undefined;
}

/**
 * @param engine as it was asked for
 * @param hasMembers whether the daemons run etcd themselves
 * @returns undefined when nothing asks for an etcd of others
 * @throws IpamError invalid-config
 */
export function etcdConfig(
  values: Values<typeof etcdSettings>,
  engine: string | undefined,
  hasMembers: boolean,
): EtcdConfig | undefined {
  const { etcdEndpoints: endpoints, etcdPrefix: prefix } = values;
  const files = { caFile: values.etcdCaFile, certFile: values.etcdCertFile, keyFile: values.etcdKeyFile };
  const isAsked =
    endpoints !== undefined || prefix !== undefined || Object.values(files).some((file) => file !== undefined);
  if (!isAsked && (engine !== 'etcd' || hasMembers)) return undefined;
  if (engine !== undefined && engine !== 'etcd') {
    throw new IpamError('invalid-config', `store.etcd is for store.engine: etcd, and it is ${engine}`, {
      advice: 'leave one of them out',
    });
  }
  if (hasMembers) {
    throw new IpamError(
      'invalid-config',
      'store.etcd names an etcd, and --bootstrap or --join asks for members of our own',
      {
        advice: 'leave one of them out',
      },
    );
  }
  if (endpoints === undefined) {
    throw new IpamError('invalid-config', 'store.engine: etcd needs to know where etcd is', {
      advice: 'set store.etcd.endpoints (--etcd-endpoints), or start members of our own with --bootstrap or --join',
    });
  }
  if ((files.certFile === undefined) !== (files.keyFile === undefined))
    throw new IpamError('invalid-config', 'store.etcd.certFile and store.etcd.keyFile go together');
  const tls = Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
  return { endpoints, tls, prefix };
}
