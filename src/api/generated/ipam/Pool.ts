// Original file: proto/ipam.proto


export interface Pool {
  'name'?: (string);
  'subnet'?: (string);
  'family'?: (number);
  'block_size'?: (number);
  'is_default'?: (boolean);
  'disabled'?: (boolean);
  'blocks'?: (number);
  'total'?: (string);
  'used'?: (string);
  'available'?: (string);
  'cooling_down'?: (number);
  'terminating'?: (boolean);
  'parked'?: (number);
  'unknown'?: (string);
}

export interface Pool__Output {
  'name': (string);
  'subnet': (string);
  'family': (number);
  'block_size': (number);
  'is_default': (boolean);
  'disabled': (boolean);
  'blocks': (number);
  'total': (string);
  'used': (string);
  'available': (string);
  'cooling_down': (number);
  'terminating': (boolean);
  'parked': (number);
  'unknown': (string);
}
