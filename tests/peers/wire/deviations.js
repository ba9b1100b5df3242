// Known deviations from the official suites, by the official names, with the reason. One that no
// longer occurs fails the suite, so that this list stays true.

/** Of the project's own server. */
export const SERVER = {
  'message, HTTP long-polling: closes the session upon cancelled polling request':
    'engineioxide keeps the session: the next poll goes on where the cancelled one was',
};

const UNHEARD = 'engine.io reads the close packet on polling only; the heartbeat ends the session';

/** Of Node's socket.io, which the peer is built on. */
export const SOCKET_IO = {
  'close, WebSocket: forcefully closes the session': UNHEARD,
  'close, WebSocket: should forcefully close the session': UNHEARD,
};
