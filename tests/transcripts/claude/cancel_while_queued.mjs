export const about =
  'A process that waits can be cancelled, and never starts (claude:cancel; decision 23).';
export const needs = ['claude', 'config:one-at-a-time'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const first = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  const second = await ada.call('claude:execute', { prompt: 'hello' });
  await ada.call('claude:cancel', second.processId);
  await ada.call('claude:status', second.processId);
  await ada.call('claude:cancel', first.processId);
  await ada.sees('claude:error', ({ processId }) => processId === first.processId);
};
