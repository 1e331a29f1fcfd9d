import { execFile } from 'node:child_process';
import { z } from 'zod';
import { IpamError } from '../../resources/errors.ts';
import type { Credentials } from './credentials.ts';

/** A program that prints credentials: `users[].user.exec` of a kubeconfig. */
export interface ExecCommand {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint: string;
}

const outputSchema = z.object({
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

const longestRunMs = 30_000;
/** Renewed this long before the end. */
const marginMs = 60_000;

/**
 * Runs a credential plugin (client.authentication.k8s.io, KEP 541).
 * @returns the credentials, and until when they may be used, in milliseconds since 1970
 * @throws IpamError permission-denied
 */
export async function execCredential(
  exec: ExecCommand,
): Promise<{ readonly credentials: Credentials; readonly until: number }> {
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const env = { ...process.env, ...exec.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const text = await new Promise<string>((resolve, reject) => {
    execFile(exec.command, exec.args, { env, timeout: longestRunMs }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(failed(exec, error.message));
    });
  });
  const { status } = parse(exec, text);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  const end = Date.parse(expirationTimestamp ?? '');
  return {
    credentials: {
      ...(token === undefined ? {} : { token }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
    until: Number.isNaN(end) ? Number.POSITIVE_INFINITY : end - marginMs,
  };
}

function parse(exec: ExecCommand, text: string): z.output<typeof outputSchema> {
  try {
    return outputSchema.parse(JSON.parse(text));
  } catch (error) {
    throw failed(exec, `it printed no ExecCredential with a status (${(error as Error).name})`);
  }
}

function failed({ command, installHint }: ExecCommand, what: string): IpamError {
  return new IpamError('permission-denied', `the credential plugin "${command}" failed: ${what}`, {
    advice: installHint,
  });
}
