export const about = 'What has ended cannot be cancelled, what is unknown neither (decision 23).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'hello' });
  await ada.sees('claude:complete');
  await ada.call('claude:cancel', processId);
  await ada.call('claude:cancel', 'claude_unknown');
};
