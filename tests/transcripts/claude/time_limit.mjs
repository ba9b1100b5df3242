export const about =
  'A process that takes longer than asked for is ended, with the limit in the sentence (decision 22).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const { processId } = await ada.call('claude:execute', {
    prompt: 'sleep silently',
    timeoutMs: 600,
  });
  await ada.sees('claude:error');
  await ada.call('claude:status', processId);
};
