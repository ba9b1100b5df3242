export const about = 'A bad payload of claude:execute is INVALID_PAYLOAD (decisions 12, 13, 16).';
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const payloads = [
    {},
    { prompt: '' },
    { prompt: 5 },
    { prompt: '<repeat:x:100001>' },
    { prompt: 'hello', maxTokens: 0 },
    { prompt: 'hello', timeoutMs: 'a secret of the sender' },
    'a secret of the sender',
  ];
  for (const payload of payloads) await ada.call('claude:execute', payload);
  await ada.call('claude:status', 5);
  await ada.call('claude:cancel', {});
};
