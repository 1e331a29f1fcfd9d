// Original file: proto/ipam.proto


export interface ForecastRequest {
  'pool'?: (string);
  'subnet'?: (string);
  'node_id'?: (string);
  'local'?: (boolean);
  'subject'?: "pool"|"subnet"|"node_id";
}

export interface ForecastRequest__Output {
  'pool'?: (string);
  'subnet'?: (string);
  'node_id'?: (string);
  'local': (boolean);
  'subject'?: "pool"|"subnet"|"node_id";
}
