// A page of all hooks under StrictMode. Tests say through `page` what is to be mounted.

import { connect } from '@slopstudios/protocol/client';
import * as protocol from '@slopstudios/protocol/react';
import { StrictMode, createElement as h, useEffect } from 'react';
import { createRoot } from 'react-dom/client';

const log = [];

function Show({ name, value }) {
  return h('output', { id: name }, JSON.stringify(value));
}

function Connection() {
  const { client, status, user, error } = protocol.useConnection();
  globalThis.page.client = client;
  useEffect(() => void (globalThis.page.mounts += 1), []);
  return h(Show, { name: 'connection', value: { status, user: user?.userId, error: error?.code } });
}

function Room({ name, room, shout }) {
  const listeners = { projectUpdate: ({ text }) => log.push(`${shout}: ${text}`) };
  const { joined, error } = protocol.useRoom(room, listeners);
  return h(Show, { name, value: { joined, error: error?.code } });
}

function Media({ name, mediaId }) {
  return h(Show, { name, value: protocol.useMedia(mediaId) });
}

function Notifications() {
  const all = protocol.useNotifications(2);
  globalThis.page.notifications = all;
  return h(Show, { name: 'notifications', value: all.notifications.map(({ id }) => id) });
}

function Claude({ prompt }) {
  const claude = protocol.useClaude();
  globalThis.page.claude = claude;
  const { execute, status, running, output, result, error } = claude;
  useEffect(() => prompt && execute({ prompt }), [prompt, execute]);
  const value = { status, running, output, result: result?.stdout, error: error?.code };
  return h(Show, { name: 'claude', value });
}

const parts = { Connection, Room, Media, Notifications, Claude };

function App({ provider, show }) {
  const children = show.map(([part, props]) =>
    h(parts[part], { key: props?.name ?? part, ...props }),
  );
  // New functions at each render, as inline ones are.
  const options = { getToken: () => provider.token, onError: () => {} };
  return h(protocol.SlopProvider, { ...options, ...provider }, children);
}

let root = createRoot(document.getElementById('root'));
globalThis.page = {
  log,
  mounts: 0,
  connect,
  render(provider, show) {
    root.render(h(StrictMode, null, h(App, { provider, show })));
  },
  unmount() {
    root.unmount();
    root = createRoot(document.getElementById('root'));
  },
};
