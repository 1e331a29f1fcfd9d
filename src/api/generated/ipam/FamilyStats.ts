// Original file: proto/ipam.proto


export interface FamilyStats {
  'family'?: (number);
  'blocks'?: (number);
  'total'?: (string);
  'used'?: (string);
  'available'?: (string);
  'cooling_down'?: (number);
  'unknown'?: (string);
}

export interface FamilyStats__Output {
  'family': (number);
  'blocks': (number);
  'total': (string);
  'used': (string);
  'available': (string);
  'cooling_down': (number);
  'unknown': (string);
}
