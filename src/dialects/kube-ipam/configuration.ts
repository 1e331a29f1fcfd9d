import { z } from 'zod';
import type { Keys } from '../../resources/go-json.ts';

/** Its keys beside those of ranges, which are host-local's. */
const etcdSection = z.object({
  etcdURL: z.string().optional(),
  etcdCertFile: z.string().optional(),
  etcdKeyFile: z.string().optional(),
  etcdTrustedCAFileFile: z.string().optional(),
  /** Its README lists it here. */
  kubeConfig: z.string().optional(),
});
export const keys = {
  kubeConfig: z.string().optional(),
  etcdConfig: etcdSection.optional(),
  /** It has a field for it, and reads it nowhere. */
  gateway2: z.string().optional(),
};
export type KubeIpamSection = z.output<z.ZodObject<typeof keys>>;
export const places: Keys = {
  kubeConfig: 'text',
  etcdConfig: {
    etcdURL: 'text',
    etcdCertFile: 'text',
    etcdKeyFile: 'text',
    etcdTrustedCAFileFile: 'text',
    kubeConfig: 'text',
  },
  gateway2: 'text',
};

/** What its executable is called. */
export const program = 'kube-ipam';
