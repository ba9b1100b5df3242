export const about =
  'Unsigned tokens, other algorithms and other secrets sign nobody in (decision 4).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  for (const forgery of ['unsigned', 'as RS256', 'by another secret']) {
    await ada.call('authenticate', { token: `<token:ada, ${forgery}>` });
  }
  await ada.call('getConnectionInfo');
};
