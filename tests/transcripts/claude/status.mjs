export const about = 'The status of a process runs from running to completed (claude:status).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  await ada.call('claude:status', processId);
  await ada.call('claude:cancel', processId);
  await ada.sees('claude:error');
  await ada.call('claude:status', processId);
  await ada.call('claude:status', 'claude_unknown');
};
