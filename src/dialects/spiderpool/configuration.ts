import { z } from 'zod';
import { poolNameList } from './annotations.ts';

/** Of a log file: Spiderpool's documents write numbers as texts, its programs read them as numbers. */
const logLimit = z.union([z.int(), z.string()]);

/** Keys of Spiderpool's IPAM plugin. Its executable logs to a file of its own; here the daemon logs. */
export const keys = {
  default_ipv4_ippool: poolNameList.optional(),
  default_ipv6_ippool: poolNameList.optional(),
  clean_gateway: z.boolean().optional(),
  /** Another name for `daemonSocket`. */
  ipam_unix_socket_path: z.string().startsWith('/', 'not an absolute path').optional(),
  match_master_subnet: z
    .literal(
      false,
      'pools that follow the subnet of an SR-IOV master come with a later version; use nodeName or multusName',
    )
    .optional(),
  log_level: z.string().optional(),
  log_file_path: z.string().optional(),
  log_file_max_size: logLimit.optional(),
  log_file_max_age: logLimit.optional(),
  log_file_max_count: logLimit.optional(),
};
export type SpiderpoolSection = z.output<z.ZodObject<typeof keys>>;

/** What its executable is called. */
export const program = 'spiderpool';
