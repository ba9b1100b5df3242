export const about =
  'All claude events need a signed-in user, each says so in its words (decision 17).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: 'hello' });
  await ada.call('claude:status', 'claude_some');
  await ada.call('claude:cancel', 'claude_some');
  await ada.call('claude:execute', {});
};
