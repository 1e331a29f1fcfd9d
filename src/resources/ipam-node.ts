/** Where a node is in the network. Its name is the node's. Each has an object of its own: tens of thousands do not fit into one. */
export const ipamNodeKind = 'IPAMNode';
