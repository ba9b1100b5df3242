export const about =
  'A time limit above the highest of the server is INVALID_PAYLOAD (decision 22).';
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: 'hello', timeoutMs: 3600001 });
};
