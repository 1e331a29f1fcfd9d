// Original file: proto/store.proto


export interface StorePage {
  'json'?: (string)[];
  'version'?: (string);
  'origin'?: (string);
}

export interface StorePage__Output {
  'json': (string)[];
  'version': (string);
  'origin': (string);
}
