import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { identityOf, isSubjectName, memberName, organizationOf, type Role, roles } from '../tls/identity.ts';
import { issue, newAuthority, newKey, type Pair, reissue } from '../tls/issue.ts';
import { certificatesOf, isUsable } from '../tls/pem.ts';
import { filesIn } from '../tls/tls-files.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** A certificate as `certs show` prints it. */
export interface Shown {
  readonly file: string;
  readonly name: string;
  readonly role: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** Left; negative once it has expired. */
  readonly days: number;
  readonly hosts: readonly string[];
  readonly serial: string;
  readonly issuer: string;
}

interface Making {
  readonly dir: string;
  readonly days: string;
  readonly force?: boolean;
}

const dayMs = 86_400_000;
const longestDays = 36_500;
/** Of `memberName`: a wildcard would do as well. */
const memberDomain = memberName.slice(memberName.indexOf('.'));
/** Who is called by others, beside calling; the others only call. */
const servers: ReadonlySet<Role> = new Set(['node', 'member']);

export function init({ dir, name, days, force }: Making & { readonly name: string }): Shown {
  const files = authorityFiles(dir);
  refuseToReplace([files.cert, files.key], force);
  const authority = newAuthority({ name, now: Date.now(), lifetimeMs: lifetimeOf(days) });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  write(files.key, authority.key, 0o600);
  write(files.cert, authority.cert, 0o644);
  return shownFile(files.cert);
}

export function issueFor(
  role: Role,
  name: string,
  { dir, days, force, dns, ip, out }: Making & { readonly dns: string; readonly ip: string; readonly out?: string },
): Shown {
  if (!roles.includes(role)) throw usage(`"${role}" is no role`, `one of ${roles.join(', ')}`);
  if (!isSubjectName(name))
    throw usage(`"${name}" is not a valid name`, 'letters, digits, "-", "_", "." and "@", at most 253');
  const hosts = hostsOf(role, name, list(dns), list(ip));
  const authority = authorityOf(dir);
  const folder = out ?? join(dir, name);
  const files = filesIn(folder);
  refuseToReplace([files.certFile, files.keyFile], force);
  const key = newKey();
  const cert = issue({
    authority,
    subject: { name, organization: organizationOf(role) },
    hosts,
    uses: servers.has(role) ? ['server', 'client'] : ['client'],
    key,
    now: Date.now(),
    lifetimeMs: lifetimeOf(days),
  });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeSet(folder, authority.cert, { cert, key });
  return shownFile(files.certFile);
}

export function renew(folder: string, { dir, days, newKey: isNewKey }: Making & { readonly newKey?: boolean }): Shown {
  const files = filesIn(folder);
  const authority = authorityOf(dir);
  const [cert, key] = [read(files.certFile), isNewKey ? newKey() : read(files.keyFile)];
  if (identityOf(x509(files.certFile)) === undefined) {
    throw usage(`${files.certFile} is of no role`, 'ipam-cli certs issue makes one that is');
  }
  const renewed = reissue(cert, { authority, key, now: Date.now(), lifetimeMs: lifetimeOf(days) });
  writeSet(folder, authority.cert, { cert: renewed, key });
  return shownFile(files.certFile);
}

/** Every certificate in files, and in folders and the folders in them. */
export function showAll(paths: readonly string[]): readonly Shown[] {
  const files = paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) throw usage(`${path} is not there`, 'ipam-cli certs init makes an authority');
    if (!found.isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.crt'))
      .toSorted()
      .map((name) => join(path, name));
  });
  return files.map(shownFile);
}

function hostsOf(role: Role, name: string, dns: readonly string[], ip: readonly string[]): readonly string[] {
  if (!servers.has(role)) {
    if (dns.length + ip.length > 0) throw usage(`a ${role} is not called: --dns and --ip are for node and member`, '');
    return [];
  }
  const notAddress = ip.find((address) => isIP(address) === 0);
  if (notAddress !== undefined) throw usage(`--ip ${notAddress} is no IP address`, '');
  const notName = [name, ...dns].find((host) => !/^(\*\.)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(host));
  if (notName !== undefined) throw usage(`"${notName}" is no DNS name`, '');
  // etcd takes whoever has this name in the certificate for a member.
  const reserved = role === 'member' ? undefined : [name, ...dns].find((host) => host.endsWith(memberDomain));
  if (reserved !== undefined) throw usage(`"${reserved}" is a name of members`, 'ipam-cli certs issue member …');
  const usual = [name, 'localhost', '127.0.0.1', '::1', ...(role === 'member' ? [memberName] : [])];
  return [...new Set([...usual, ...dns, ...ip])];
}

function authorityFiles(dir: string): { readonly cert: string; readonly key: string } {
  return { cert: join(dir, 'ca.crt'), key: join(dir, 'ca.key') };
}

/** @throws CliError when there is none, or its key is not its own */
function authorityOf(dir: string): Pair {
  const files = authorityFiles(dir);
  const pair = { cert: read(files.cert), key: read(files.key) };
  if (!isUsable(pair)) throw usage(`${files.key} is not the key of ${files.cert}`, '');
  return pair;
}

/** The key first, each file at once: a daemon that looks meanwhile finds a pair that does not fit, and waits. */
function writeSet(folder: string, ca: string, { cert, key }: Pair): void {
  const files = filesIn(folder);
  write(files.keyFile, key, 0o600);
  write(files.certFile, cert, 0o644);
  write(files.caFile, ca, 0o644);
}

function write(file: string, text: string, mode: number): void {
  const temporary = `${file}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode, flag: 'wx' });
  renameSync(temporary, file);
}

function refuseToReplace(files: readonly string[], force: boolean | undefined): void {
  const present = files.find((file) => existsSync(file));
  if (present === undefined || force === true) return;
  throw usage(`${present} is there already`, 'certs renew makes it anew; --force replaces it');
}

function shownFile(file: string): Shown {
  const cert = x509(file);
  const { subject, issuer } = cert.toLegacyObject() as unknown as {
    subject?: Record<string, unknown>;
    issuer?: Record<string, unknown>;
  };
  return {
    file,
    name: String(subject?.CN ?? '-'),
    role: cert.ca ? 'authority' : (identityOf(cert)?.role ?? '-'),
    notBefore: cert.validFromDate.toISOString(),
    notAfter: cert.validToDate.toISOString(),
    days: Math.floor((cert.validToDate.getTime() - Date.now()) / dayMs),
    hosts: (cert.subjectAltName ?? '')
      .split(', ')
      .filter((host) => host !== '')
      .map((host) => host.replace(/^(DNS|IP Address):/, '')),
    serial: cert.serialNumber,
    issuer: String(issuer?.CN ?? '-'),
  };
}

function x509(file: string): X509Certificate {
  const [first] = certificatesOf(read(file));
  if (first === undefined) throw usage(`${file} is no certificate in PEM`, '');
  return new X509Certificate(first);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usage((error as Error).message, 'ipam-cli certs init makes an authority; --dir names its folder');
  }
}

function lifetimeOf(days: string): number {
  const count = Number(days);
  if (count > 0 && count <= longestDays) return count * dayMs;
  throw usage(`--days ${days} is not a number of days, at most ${longestDays}`, '');
}

function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function usage(message: string, advice: string): CliError {
  return new CliError(message, { code: 'usage', advice, exit: exitCodes.usage });
}
