import type { Unsupported } from '../dialect.ts';

export const unsupported: Unsupported = {
  keys: { addresses: "static's key: ask for an address with args.cni.ips or runtimeConfig.ips" },
};
