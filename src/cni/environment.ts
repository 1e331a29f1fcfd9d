import { IpamError } from '../resources/errors.ts';
import type { Verb } from './version.ts';

const verbs: readonly Verb[] = ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION'];

/** CNI specification 1.1.0, section 2, `CNI_CONTAINERID`. */
const containerIdForm = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** Longest accepted; runtimes use 64 hex digits. */
const containerIdLimit = 256;
/** IFNAMSIZ less its closing zero. */
const interfaceNameLimit = 15;
const pathLimit = 4096;

export interface AttachmentEnvironment {
  readonly containerId: string;
  readonly ifname: string;
  /** Empty only where the verb allows it. */
  readonly netns: string;
  readonly args: string;
}

/** @throws IpamError invalid-argument, naming CNI_COMMAND */
export function verbOf(environment: ReadonlyMap<string, string>): Verb {
  const text = environment.get('CNI_COMMAND') ?? '';
  const verb = verbs.find((known) => known === text);
  if (verb !== undefined) return verb;
  throw invalid(`CNI_COMMAND ${text === '' ? 'is not set' : `is ${quote(text)}`}; expected ${verbs.join(', ')}`);
}

/**
 * The variables of a verb that is about one attachment.
 * @throws IpamError invalid-argument, naming every variable that is wrong (CNI error 4 asks for the names)
 */
export function attachmentOf(verb: Verb, environment: ReadonlyMap<string, string>): AttachmentEnvironment {
  const value = (name: string): string => environment.get(name) ?? '';
  const containerId = value('CNI_CONTAINERID');
  const ifname = value('CNI_IFNAME');
  const netns = value('CNI_NETNS');
  const problems = [
    containerIdProblem(containerId),
    interfaceProblem(ifname),
    netnsProblem(netns, verb !== 'DEL'),
    controlProblem('CNI_ARGS', value('CNI_ARGS')),
    controlProblem('CNI_PATH', value('CNI_PATH')),
  ].filter((problem) => problem !== '');
  if (problems.length > 0) throw invalid(problems.join('; '));
  return { containerId, ifname, netns, args: value('CNI_ARGS') };
}

/** Empty: it is one (CNI specification 1.1.0, section 2). */
export function containerIdProblem(id: string): string {
  if (id === '') return 'CNI_CONTAINERID is not set';
  if (id.length > containerIdLimit) return `CNI_CONTAINERID has ${id.length} characters, more than ${containerIdLimit}`;
  return containerIdForm.test(id)
    ? ''
    : `CNI_CONTAINERID ${quote(id)} is not letters, digits, "_", "." and "-", the first a letter or digit`;
}

/** What the kernel takes for an interface's name (dev_valid_name); empty: it is one. */
export function interfaceProblem(name: string): string {
  if (name === '') return 'CNI_IFNAME is not set';
  if (name === '.' || name === '..' || /[\s/:\p{Cc}]/u.test(name))
    return `CNI_IFNAME ${quote(name)} is not an interface name`;
  return Buffer.byteLength(name) > interfaceNameLimit
    ? `CNI_IFNAME ${quote(name)} is longer than ${interfaceNameLimit} bytes`
    : '';
}

function netnsProblem(netns: string, required: boolean): string {
  if (netns === '') return required ? 'CNI_NETNS is not set' : '';
  if (netns.length > pathLimit) return `CNI_NETNS has more than ${pathLimit} characters`;
  return controlProblem('CNI_NETNS', netns);
}

function controlProblem(name: string, value: string): string {
  return /\p{Cc}/u.test(value) ? `${name} ${quote(value)} has a control character` : '';
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text);
}

function invalid(message: string): IpamError {
  return new IpamError('invalid-argument', message, { facts: { source: 'environment' } });
}
