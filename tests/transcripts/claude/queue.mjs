export const about =
  'Who waits is told the position, each time it changes, and the start (claude:queued; decision 21).';
export const needs = ['claude', 'config:one-at-a-time'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const first = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  const second = await ada.call('claude:execute', { prompt: 'hello' });
  const third = await ada.call('claude:execute', { prompt: 'hello' });
  await ada.call('claude:status', second.processId);
  await ada.call('claude:status', third.processId);
  await ada.call('claude:cancel', first.processId);
  await ada.sees('claude:complete', ({ processId }) => processId === third.processId);
};
