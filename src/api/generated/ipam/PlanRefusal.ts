// Original file: proto/topology.proto


export interface PlanRefusal {
  'cidr'?: (string);
  'message'?: (string);
  'advice'?: (string);
}

export interface PlanRefusal__Output {
  'cidr': (string);
  'message': (string);
  'advice': (string);
}
