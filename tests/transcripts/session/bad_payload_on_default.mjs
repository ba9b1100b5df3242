export const about =
  'authenticate on / with a bad payload is called back, and told as error (decision 12).';
export const clients = { ada: { namespace: '/' } };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: 5 });
};
