import { readFileSync } from 'node:fs';
import type { TrustedCallers } from '../controller/guarded-server.ts';
import { IpamError } from '../resources/errors.ts';
import { certificatesOf } from '../tls/pem.ts';

/** @param key of the setting that names the file @throws IpamError invalid-config: the authority cannot be read */
export function trustedCallers(key: string, file: string, names: readonly string[]): TrustedCallers {
  try {
    const ca = readFileSync(file, 'utf8');
    if (certificatesOf(ca).length > 0) return { ca, names };
  } catch (error) {
    throw new IpamError('invalid-config', `${key}: ${(error as Error).message}`, { cause: error });
  }
  throw new IpamError('invalid-config', `${key}: ${file} has no certificate`);
}
