// Original file: proto/ipam.proto


export interface ForgetNodeResponse {
  'blocks'?: (number);
  'claims'?: (number);
}

export interface ForgetNodeResponse__Output {
  'blocks': (number);
  'claims': (number);
}
