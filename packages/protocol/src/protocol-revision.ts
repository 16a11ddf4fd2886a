/** Revision of the Socket.IO protocol. */
export const protocol = 5;
