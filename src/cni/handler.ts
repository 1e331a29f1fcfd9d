import type { Attachment } from '../ipam/attachment.ts';
import { duplicateAdd, isDuplicateAdd } from '../ipam/claim/repeated-add.ts';
import type { Ipam } from '../ipam/port.ts';
import type { PoolSource } from '../ipam/request.ts';
import { IpamError, isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { DecodedConfigs } from './decoded-configs.ts';
import { type AttachmentEnvironment, attachmentOf, verbOf } from './environment.ts';
import { errorAnswer } from './errors.ts';
import { type KeptIn, requireKeptThere, tellKeptElsewhere } from './kept-there.ts';
import { isMainPlugin, mainPluginAnswer } from './main-plugin.ts';
import {
  configVersion,
  decodeConfig,
  type NetworkConfig,
  networkConfig,
  servedNetwork,
  unreadKeys,
} from './network-config.ts';
import { checkPrevResult } from './prev-result.ts';
import { allocateRequest, sectionRequest } from './request.ts';
import { type Dns, parseResolvConf } from './resolv-conf.ts';
import { ipamResult } from './result.ts';
import { type CniVersion, isAtLeast, requireVerb, supportedVersions, type Verb } from './version.ts';
import type { CniAnswer, CniCall, ProgramRun } from './wire.ts';

export interface CniHandlerParts {
  readonly ipam: Ipam;
  /** The text of a resolv.conf file, for executables that do not read it themselves. */
  readonly readFile: (path: string) => Promise<string>;
  readonly log: Log;
  /** Where this daemon keeps addresses; absent: wherever networks say. */
  readonly keptIn?: KeptIn;
}

export type CniHandler = (call: CniCall) => Promise<CniAnswer>;

const success: CniAnswer = { type: 'print', exit: 0, stdout: '' };

/** Most a CNI configuration may have, bytes; a GC call of a full node is well below. */
const stdinLimit = 4 * 1024 * 1024;

/** Everything the CNI executables decide, decided here: one call in, what to print or run out. Never throws. */
export function createCniHandler(parts: CniHandlerParts): CniHandler {
  const configs = new DecodedConfigs();
  const looked = new WeakSet<object>();
  return async (call) => {
    // Until the configuration tells its version, an error is written in the oldest that has this form.
    let version: string = '0.4.0';
    try {
      const verb = verbOf(call.environment);
      if (verb === 'VERSION') return versionAnswer(call.stdin);
      if (call.stdin.length > stdinLimit) {
        throw new IpamError(
          'invalid-config',
          `the network configuration has ${call.stdin.length} bytes, more than ${stdinLimit}`,
        );
      }
      const config = configs.decode(call.stdin);
      version = typeof config.cniVersion === 'string' ? config.cniVersion : version;
      if (verb === 'ADD' && !looked.has(config)) tellOnce(parts, config);
      looked.add(config);
      const spoken = versionFor(verb, config);
      if (isMainPlugin(call.program)) {
        if (verb === 'ADD' && call.ran === undefined) await requireNewInterface(parts, call, config);
        const answer = mainPluginAnswer(verb, call, config, spoken);
        if (answer !== undefined) return answer;
      }
      return await answerVerb(parts, verb, call, config, spoken);
    } catch (error) {
      report(parts.log, call, error);
      return errorAnswer(error, version);
    }
  };
}

/** DEL must do what it can: names and environment are enough for it, whatever version the configuration says. */
function versionFor(verb: Exclude<Verb, 'VERSION'>, config: Readonly<Record<string, unknown>>): CniVersion {
  try {
    const version = configVersion(config);
    requireVerb(verb, version);
    return version;
  } catch (error) {
    if (verb === 'DEL' && isIpamError(error)) return '1.0.0';
    throw error;
  }
}

async function answerVerb(
  parts: CniHandlerParts,
  verb: Exclude<Verb, 'VERSION'>,
  call: CniCall,
  config: Readonly<Record<string, unknown>>,
  version: CniVersion,
): Promise<CniAnswer> {
  switch (verb) {
    case 'STATUS':
      return status(parts, call, networkConfig(config));
    case 'GC':
      return collect(parts, networkConfig(config));
    case 'DEL':
      return remove(parts, attachmentOf(verb, call.environment), config);
    case 'ADD':
      return add(parts, call, servedNetwork(config, call.program), version);
    case 'CHECK':
      return check(parts, attachmentOf(verb, call.environment), servedNetwork(config, call.program));
  }
}

async function add(
  { ipam, readFile, keptIn }: CniHandlerParts,
  call: CniCall,
  network: NetworkConfig,
  version: CniVersion,
): Promise<CniAnswer> {
  const { environment, execution } = call;
  const request = allocateRequest(network, attachmentOf('ADD', environment), execution);
  requireRoomInResult(request.source, version);
  if (keptIn !== undefined) requireKeptThere(network, keptIn, request.pod !== undefined);
  // Read first: a missing resolv.conf must not leave an address behind.
  const reading = readingOf(network, call);
  if (reading !== undefined) return reading;
  const dns = await dnsOf(network, call, readFile);
  const allocation = await ipam.allocate(request);
  return {
    type: 'print',
    exit: 0,
    stdout: `${JSON.stringify(ipamResult(allocation, { dns, routes: network.ipam?.routes }, version), null, 4)}\n`,
  };
}

/**
 * A main plugin that fails on the interface of an ADD before would undo that ADD: DEL takes the interface and its
 * addresses away from a container that lives. So it is refused before anything runs.
 * @throws IpamError already-exists
 */
async function requireNewInterface(
  { ipam }: CniHandlerParts,
  { environment, execution }: CniCall,
  config: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { containerId, ifname, netns } = attachmentOf('ADD', environment);
  await ipam.opened();
  const held = ipam.find({ network: networkNameOf(config), containerId, ifname });
  if (held !== undefined && isDuplicateAdd(held, execution)) throw duplicateAdd(held, execution);
  if (execution.interface !== 'present') return;
  throw new IpamError('already-exists', `there is an interface ${ifname} in ${netns} already`, {
    advice: 'DEL it first, or choose another CNI_IFNAME',
  });
}

/** The results of 0.1.0 and 0.2.0 have room for one address of each family. */
function requireRoomInResult(source: PoolSource, version: CniVersion): void {
  if (source.kind !== 'ranges' || isAtLeast(version, '0.3.0')) return;
  const families = source.sets.map(([first]) => first?.subnet.address.family);
  if (new Set(families).size === families.length) return;
  throw new IpamError(
    'invalid-config',
    `a result of version ${version} has one address of each IP family; the ranges ask for more`,
    {
      advice: 'set cniVersion to 0.3.0 or later',
    },
  );
}

/** Succeeds when there is nothing to release; a configuration that is no longer valid is no obstacle. */
async function remove(
  { ipam, log }: CniHandlerParts,
  { containerId, ifname }: AttachmentEnvironment,
  config: Readonly<Record<string, unknown>>,
): Promise<CniAnswer> {
  const attachment: Attachment = { network: networkNameOf(config), containerId, ifname };
  const released = await ipam.release(attachment);
  if (released === undefined) log.debug({ attachment }, 'DEL of an attachment that holds nothing');
  return success;
}

async function check(
  { ipam }: CniHandlerParts,
  environment: AttachmentEnvironment,
  network: NetworkConfig,
): Promise<CniAnswer> {
  const { containerId, ifname } = environment;
  const attachment = { network: network.name, containerId, ifname };
  await ipam.opened();
  const allocation = ipam.find(attachment);
  if (allocation === undefined) {
    throw new IpamError(
      'not-found',
      `container ${containerId} holds no address for ${ifname} of network "${network.name}"`,
      {
        facts: { cniCode: 3 },
      },
    );
  }
  checkPrevResult(allocation, network.prevResult);
  return success;
}

async function collect({ ipam, log }: CniHandlerParts, network: NetworkConfig): Promise<CniAnswer> {
  const valid = network['cni.dev/valid-attachments'] ?? network['cni.dev/attachments'];
  if (valid === undefined) {
    throw new IpamError('invalid-config', `network "${network.name}": GC without "cni.dev/valid-attachments"`, {
      advice: 'a runtime that knows of no attachment sends an empty list',
    });
  }
  const released = await ipam.collect(
    network.name,
    valid.map(({ containerID, ifname }) => ({ containerId: containerID, ifname })),
  );
  if (released.length > 0)
    log.info({ network: network.name, released: released.length }, 'CNI GC released attachments');
  return success;
}

/**
 * Would an ADD succeed now? 50 when it would not: the daemon starts or its disk fails, the network's pools are missing, closed
 * or full on this node, the cluster is unreachable and no leased block has room, or what the configuration names cannot be
 * read. What is running keeps its addresses and reaches whom it reached, so 51 (also limited connectivity) never applies.
 */
async function status(
  { ipam, readFile, keptIn }: CniHandlerParts,
  call: CniCall,
  network: NetworkConfig,
): Promise<CniAnswer> {
  const { name, ipam: section } = network;
  if (keptIn !== undefined) requireKeptThere(network, keptIn, true);
  const { reason } = ipam.readiness(
    section === undefined ? undefined : { network: name, ...sectionRequest(network, section) },
  );
  const reading = reason === '' ? readingOf(network, call) : undefined;
  if (reading !== undefined) return reading;
  const why = reason || (await dnsOf(network, call, readFile).then(() => '', messageOf));
  if (why === '') return success;
  throw new IpamError('not-ready', `network "${network.name}": ipam-daemon cannot serve ADD: ${why}`, {
    facts: { cniCode: 50 },
  });
}

function messageOf(error: unknown): string {
  if (isIpamError(error)) return error.message;
  throw error;
}

/** Answers also when the configuration is empty or broken: it is how a runtime finds out what we speak. */
function versionAnswer(stdin: Buffer): CniAnswer {
  let cniVersion: string = supportedVersions.at(-1) ?? '';
  if (stdin.length > 0) {
    const config = decodeConfig(stdin);
    if (typeof config.cniVersion === 'string') cniVersion = config.cniVersion;
  }
  return { type: 'print', exit: 0, stdout: `${JSON.stringify({ cniVersion, supportedVersions }, null, 4)}\n` };
}

/** What an executable calls it that has read the file of `resolvConf`. */
const resolvStep = 'resolvConf';

/** The file is the machine's, and the daemon may live in a container: so the executable reads it, where it can. */
function readingOf({ ipam }: NetworkConfig, { canRead, ran }: CniCall): CniAnswer | undefined {
  if (ipam?.resolvConf === undefined || !canRead || ran?.step === resolvStep) return undefined;
  return { type: 'read', path: ipam.resolvConf, step: resolvStep };
}

async function dnsOf({ ipam }: NetworkConfig, { ran }: CniCall, readFile: CniHandlerParts['readFile']): Promise<Dns> {
  if (ipam?.resolvConf !== undefined) {
    try {
      return parseResolvConf(ran?.step === resolvStep ? textRead(ran) : await readFile(ipam.resolvConf));
    } catch (error) {
      throw new IpamError(
        'invalid-config',
        `ipam.resolvConf ${ipam.resolvConf} cannot be read: ${(error as Error).message}`,
        { facts: { cniCode: 5 } },
      );
    }
  }
  return (ipam?.dns ?? {}) as Dns;
}

/** @throws Error that says what is wrong with the file */
function textRead({ exit, stdout }: ProgramRun): string {
  if (exit !== 0) throw new Error(stdout.toString());
  return stdout.toString();
}

/** @throws IpamError invalid-config */
function networkNameOf({ name }: Readonly<Record<string, unknown>>): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new IpamError('invalid-config', 'the network configuration has no "name"');
}

/** Of a configuration that comes with every ADD it is said once. */
function tellOnce({ log, keptIn }: CniHandlerParts, config: Readonly<Record<string, unknown>>): void {
  const keys = unreadKeys(config);
  if (keys.length > 0)
    log.info({ network: config.name, keys }, 'keys of ipam that nothing reads: they change no address');
  if (keptIn !== undefined) tellKeptElsewhere(networkConfig(config), keptIn, log);
}

/** Refusals are a user's matter and cost a line; what is ours to mend costs a stack. */
function report(log: Log, call: CniCall, error: unknown): void {
  const fields = {
    verb: call.environment.get('CNI_COMMAND'),
    containerId: call.environment.get('CNI_CONTAINERID'),
    ifname: call.environment.get('CNI_IFNAME'),
  };
  if (isIpamError(error)) log.warn({ ...fields, code: error.code }, error.message);
  else log.error({ ...fields, err: error }, 'a CNI call failed');
}
