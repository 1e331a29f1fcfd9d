import type { Unsupported } from '../dialect.ts';

/** Its `network_name` is served: it is a key of ranges here (host-local's). */
export const unsupported: Unsupported = {
  keys: {
    range: "Whereabouts' key: write ranges",
    range_start: "Whereabouts' key: write ranges with rangeStart",
    range_end: "Whereabouts' key: write ranges with rangeEnd",
    exclude: "Whereabouts' key: leave the addresses out of ranges, or name pools with excludeIPs",
    omit_ranges: "Whereabouts' key: leave the addresses out of ranges, or name pools with excludeIPs",
    ipranges: "Whereabouts' key: write ranges",
    node_slice_size: "Whereabouts' key: name pools with blockSize",
  },
};
