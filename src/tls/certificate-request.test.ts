import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { run } from '../../test/kit/run.ts';
import { newRequest, readRequest } from './certificate-request.ts';
import { newKey } from './issue.ts';

const subject = { name: 'node1', organization: 'berth:node' };
const publicOf = (key: string): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();

describe('a request for a certificate', () => {
  it('says whose key it is, and is what openssl takes for one', async () => {
    const key = newKey();
    const request = newRequest(key, subject);
    expect(readRequest(request)).toEqual({ publicKey: publicOf(key) });
    const { stdout, stderr } = await run('openssl', ['req', '-noout', '-verify', '-subject'], { stdin: request });
    expect(`${stdout}${stderr}`).toMatch(/verif.* OK/i);
    expect(stdout).toMatch(/O ?= ?berth:node, ?CN ?= ?node1/);
  });

  it('may be of an RSA key', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(readRequest(newRequest(key, subject))).toEqual({ publicKey: publicOf(key) });
  });

  it.each<[string, (request: string) => string]>([
    ['is no PEM', () => 'hello'],
    ['is no ASN.1', () => '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n'],
    [
      'was changed after it was signed',
      (request) => {
        const der = Buffer.from(request.replace(/-----[^-]+-----/g, ''), 'base64');
        // A letter of the name.
        der.write('nodeX', der.indexOf('node1'), 'latin1');
        return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
      },
    ],
  ])('is none when it %s', (_what, changed) => {
    expect(readRequest(changed(newRequest(newKey(), subject)))).toBeUndefined();
  });
});
