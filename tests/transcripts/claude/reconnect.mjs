export const about = 'Who reconnects and asks receives what was missed (decisions 24, 25).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  await ada.disconnect();
  await ada.connect();
  await ada.call('claude:status', processId);
  await ada.call('claude:cancel', processId);
  await ada.sees('claude:error');
};
