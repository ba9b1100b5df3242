export const about =
  'Cancelling is called back, then told with code CANCELLED (claude:cancel; decision 23).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  await ada.call('claude:cancel', processId);
  await ada.sees('claude:error');
  await ada.call('claude:status', processId);
};
