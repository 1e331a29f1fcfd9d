import { z } from 'zod';
import { IpamError } from '../resources/errors.ts';
import { strictObject } from '../resources/schema.ts';
import { path } from './config-values.ts';

const list = z.array(z.string().min(1)).min(1);
/** A list, or one text with commas. */
const endpoints = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(list)
  .or(list);

/** `store.etcd`: an etcd that somebody else runs. */
export const etcdSection = strictObject({
  endpoints: endpoints.optional(),
  caFile: path.optional(),
  certFile: path.optional(),
  keyFile: path.optional(),
  prefix: z.string().optional(),
});

export type EtcdSection = z.output<typeof etcdSection>;

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
  { endpoints, prefix, ...files }: EtcdSection,
  engine: string | undefined,
  hasMembers: boolean,
): EtcdConfig | undefined {
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
