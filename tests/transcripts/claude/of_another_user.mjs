export const about =
  'Nobody learns of, follows or cancels the process of another user (Access Control; decision 23).';
export const needs = ['claude'];
export const clients = {
  ada: { auth: { token: '<token:ada>' } },
  grace: { auth: { token: '<token:grace>' } },
};

export default async ({ ada, grace }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  await grace.call('claude:status', processId);
  await grace.call('claude:cancel', processId);
  await ada.call('claude:cancel', processId);
  await ada.sees('claude:error');
};
